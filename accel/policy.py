"""How the type of a tensor is asked for: as a type, or as a number of bits that measured ranges make a type of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from accel.errors import AccelError
from accel.fixed import Fixed, Overflow, Rounding

WIDTH = 16
LEAST, MOST = 2, 24
FARTHEST = 16

_PATTERN = re.compile(
    r"auto(?:\s*<\s*(?P<w>\d{1,4})\s*(?:,\s*(?P<shift>[+-]\d{1,4})\s*)?"
    r"(?:,\s*(?P<r>TRN|TRN_ZERO|RND\w*)\s*)?(?:,\s*(?P<o>WRAP|SAT\w*)\s*)?>)?"
)


@dataclass(frozen=True)
class Auto:
    """``width`` bits in all, as many of them integer as the values need, and ``shift`` more (fewer where negative:
    large values saturate, small ones get finer). ``rounding`` and ``overflow`` None are the rule's own.
    """

    width: int = WIDTH
    shift: int = 0
    rounding: Rounding | None = None
    overflow: Overflow | None = None

    def __str__(self) -> str:
        modes = [mode.value for mode in (self.rounding, self.overflow) if mode is not None]
        shift = [f"{self.shift:+d}"] if self.shift else []
        return f"auto<{','.join([str(self.width), *shift, *modes])}>"


def parse(text: str) -> Auto | Fixed:
    """Read ``auto``, ``auto<8>``, ``auto<8,-1,TRN,WRAP>`` (one integer bit fewer, and the modes), or a type.

    Raises:
        AccelError: it is neither; says what would be.
    """
    if not text.strip().startswith("auto"):
        return Fixed.parse(text)
    found = _PATTERN.fullmatch(text.strip())
    try:
        if not found:
            raise ValueError
        rounding, overflow = found["r"] and Rounding(found["r"]), found["o"] and Overflow(found["o"])
    except ValueError:
        raise AccelError(
            f"precision '{text[:60]}': expected auto, auto<bits> or auto<bits,shift,rounding,overflow>, "
            "e.g. auto<8>, auto<8,-1> or auto<8,TRN,WRAP>"
        ) from None
    made = Auto(int(found["w"] or WIDTH), int(found["shift"] or 0), rounding, overflow)
    if not LEAST <= made.width <= MOST or abs(made.shift) > FARTHEST:
        raise AccelError(
            f"precision '{text[:60]}': expected {LEAST} to {MOST} bits, e.g. auto<16>, and a shift of -{FARTHEST} to "
            f"+{FARTHEST}"
        )
    return made
