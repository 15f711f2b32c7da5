"""HGQ's quantisers of what layers read and put out: one type, or other bits for each channel.

A quantiser of channels with other bits, for the channel c of ``f`` fractional and ``w`` bits in all: times ``2**f`` and
rounded to an integer, modulo the most bits that any has; where they differ, times ``2**-w`` and modulo 1; and back. All
factors are powers of two, and what brings them back is left to the weights that multiply next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from accel.errors import AccelError
from accel.fixed import MOST_BITS, Fixed, Overflow, Rounding
from accel.intake.hgq.building import Building


@dataclass(frozen=True, eq=False)
class Lane:
    """A tensor, which is `x * factor + offset`; both are of one number, or of one for each channel."""

    x: Any
    factor: np.ndarray
    offset: np.ndarray

    def whole(self, building: Building, name: str) -> Any:
        """The tensor itself."""
        return building.scaled(f"{name}_back", self.x, self.factor, self.offset)


@dataclass(frozen=True, eq=False)
class Bits:
    """Of each channel: whether it is signed, bits right of the point, and bits in all."""

    signed: np.ndarray
    fraction: np.ndarray
    width: np.ndarray
    rounding: Rounding
    overflow: Overflow

    @property
    def live(self) -> np.ndarray:
        """Channels that have bits; the others are 0."""
        return self.width > 0

    @classmethod
    def of(cls, parts: Sequence[np.ndarray], shape: tuple[int | None, ...], round_mode: str, overflow: str) -> Bits:
        """Of a tensor of ``shape``: `parts` are those of `Bits`, which broadcast to it.

        Raises:
            AccelError: positions differ, there are too many bits, or the modes are none of ap_fixed.
        """
        parts = [np.broadcast_to(np.asarray(part), (1, *shape[1:])).reshape(-1, shape[-1]) for part in parts]
        if any(np.any(part != part[0]) for part in parts):
            raise AccelError(
                "a quantiser with other bits for each position; expected those of a channel alike: "
                "QuantizerConfig(place='datalane', heterogeneous_axis=(-1,))"
            )
        signed, fraction, width = (np.round(part[0]).astype(np.int64) for part in parts)
        if width.max() > MOST_BITS:
            raise AccelError(f"a quantiser of {width.max()} bits; expected at most {MOST_BITS}")
        try:
            modes = Rounding(round_mode.removeprefix("S_")), Overflow({"SYM": "SAT_SYM"}.get(overflow, overflow))
        except ValueError:
            raise AccelError(
                f"a quantiser with {round_mode}, {overflow}; expected roundings and overflows of ap_fixed"
            ) from None
        return cls(signed > 0, fraction.astype(np.float64), width.astype(np.float64), *modes)


def quantised(building: Building, bits: Bits, name: str, x: Any) -> Lane:
    """What a quantiser of these bits makes of `x`; its layers are called `name` and what they do.

    Raises:
        AccelError: channels of other bounds do not wrap.
    """
    live = bits.live
    same = np.all(live) and all(len(np.unique(part)) == 1 for part in (bits.signed, bits.fraction, bits.width))
    if same:
        width, signed = int(bits.width.flat[0]), bool(bits.signed.flat[0])
        type_ = Fixed(width, width - int(bits.fraction.flat[0]), signed, bits.rounding, bits.overflow)
        return Lane(building.cast(name, x, type_), np.ones(1), np.zeros(1))
    widths, signs = np.unique(bits.width[live]), np.unique(bits.signed[live])
    most, signed = int(widths.max(initial=1)), bool(np.any(signs))
    alike = len(widths) < 2 and len(signs) < 2
    if not alike and bits.overflow is not Overflow.WRAP:
        raise AccelError(f"{bits.overflow.value} to other bounds for each channel; expected WRAP, or one width for all")
    if bits.rounding in (Rounding.RND, Rounding.TRN):
        building.given(x, _enough(bits))
    x = building.scaled(f"{name}_out", x, np.where(live, 2.0**bits.fraction, 0.0))
    x = building.cast(f"{name}_round", x, Fixed(most, most, signed, bits.rounding, bits.overflow))
    if alike:
        return Lane(x, np.where(live, 2.0**-bits.fraction, 0.0), np.zeros(1))
    half = np.where(live & ~bits.signed, 0.5, 0.0) if signed else np.zeros(1)
    x = building.scaled(f"{name}_turn", x, np.where(live, 2.0**-bits.width, 0.0), -half)
    x = building.cast(name, x, Fixed(most, 0, signed, Rounding.TRN, Overflow.WRAP))
    back = np.where(live, 2.0 ** (bits.width - bits.fraction), 0.0)
    return Lane(x, back, back * half)


def _enough(bits: Bits) -> Fixed:
    """A type of which all is made that is made of the numbers themselves: cut off, and modulo, at bits that no channel
    needs but one to round by.
    """
    more = 1 if bits.rounding is Rounding.RND else 0
    integer, fraction = int((bits.width - bits.fraction).max()), int(bits.fraction.max()) + more
    return Fixed(integer + fraction, integer, bool(np.any(bits.signed)), Rounding.TRN, Overflow.WRAP)


def bits_of(quantiser: Any, shape: tuple[int | None, ...]) -> Bits:
    """Those of a quantiser of HGQ2 for a tensor of ``shape``.

    Raises:
        AccelError: the quantiser is none of fixed point, or as `Bits.of`.
    """
    from hgq.quantizer.internal import FixedPointQuantizerKBI, FixedPointQuantizerKIF

    inner = quantiser.quantizer
    if not isinstance(inner, FixedPointQuantizerKBI | FixedPointQuantizerKIF):
        raise AccelError(f"a quantiser of type {quantiser.q_type}; expected kif or kbi")
    for key in ("scaler", "affine"):
        if getattr(quantiser, key) is not None:
            raise AccelError(f"a quantiser with {key}={getattr(quantiser, key)}; expected None")
    signed, integer, fraction = (np.round(np.asarray(part)) for part in inner.kif)
    return Bits.of((signed, fraction, signed + integer + fraction), shape, inner.round_mode, inner.overflow_mode)
