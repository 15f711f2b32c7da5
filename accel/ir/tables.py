"""hls4ml's lookup tables, entry by entry as its C simulation fills them, and the rules that address them.

Reference: hls4ml 1.3.0, ``nnet_utils/nnet_activation.h`` and ``nnet_activation_stream.h``. The entries are computed
there in float32 by the C library (expf, tanhf), so the same functions are called here; numpy's differ in the last bit.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import math
from collections.abc import Callable
from functools import partial

import numpy as np

from accel import kernels
from accel.errors import AccelError
from accel.fixed import NARROW, Fixed, from_float
from accel.ir.graph import Table

_LIBM = ctypes.CDLL(ctypes.util.find_library("m"))


def _libm(name: str, ctype: type, dtype: type) -> Callable[[np.ndarray], np.ndarray]:
    function = getattr(_LIBM, name)
    function.restype, function.argtypes = ctype, [ctype]
    return np.vectorize(function, otypes=[dtype])


_expf = _libm("expf", ctypes.c_float, np.float32)
_tanhf = _libm("tanhf", ctypes.c_float, np.float32)
_log = _libm("log", ctypes.c_double, np.float64)


def _over_range(function: str, size: int, type: Fixed, span: int, formula: Callable[[np.ndarray], np.ndarray]) -> Table:
    if size < 1:
        raise AccelError(f"{function} table of {size} entries; expected a positive table_size, e.g. 1024")
    x = (span * (np.arange(size) - size / 2) / size).astype(np.float32)
    entries = from_float(formula(x).astype(np.float32), type)
    return Table(function, entries, type, scale=size / span, offset=size // 2)


# The formulas are spelled as in nnet_activation.h: where a literal like `1.` makes an expression double, it is double
# here.
def sigmoid(size: int, type: Fixed) -> Table:
    """The table of 1 / (1 + exp(-x)) over -8..8: ``size`` entries of ``type``; AccelError if ``size`` < 1, here and
    below.
    """
    return _over_range("sigmoid", size, type, 16, lambda x: 1.0 / (np.float32(1) + _expf(-x)).astype(np.float64))


def tanh(size: int, type: Fixed) -> Table:
    """The table of tanh(x) over -4..4."""
    return _over_range("tanh", size, type, 8, _tanhf)


def hard_sigmoid(function: str, divisor: int, size: int, type: Fixed) -> Table:
    """The table of x / divisor + 0.5 between 0 and 1, over -8..8: the gates' of `accel_recurrent_activations.h`."""
    return _over_range(function, size, type, 16, lambda x: np.clip(x.astype(np.float64) / divisor + 0.5, 0.0, 1.0))


def softplus(size: int, type: Fixed) -> Table:
    """The table of log(exp(x) + 1) over -8..8."""
    return _over_range("softplus", size, type, 16, lambda x: _log(_expf(x).astype(np.float64) + 1.0))


def softsign(size: int, type: Fixed) -> Table:
    """The table of x / (abs(x) + 1) over -8..8."""
    return _over_range(
        "softsign", size, type, 16, lambda x: x.astype(np.float64) / (np.abs(x).astype(np.float64) + 1.0)
    )


def elu(size: int, type: Fixed) -> Table:
    """The table of exp(x) - 1 over -8..0, which hls4ml has in falling order of x: here it rises."""
    return _below_zero("elu", size, type, lambda power: power - 1.0)


def selu(size: int, type: Fixed) -> Table:
    """The table of SELU over -8..0."""
    scale, alpha = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
    return _below_zero("selu", size, type, lambda power: scale * (alpha * (power - 1.0)))


def _below_zero(function: str, size: int, type: Fixed, formula: Callable[[np.ndarray], np.ndarray]) -> Table:
    """Of ``formula`` of exp(x); entry ``size - 1`` is that of x = 0."""
    if size < 1:
        raise AccelError(f"{function} table of {size} entries; expected a positive table_size, e.g. 1024")
    x = (-8.0 * np.arange(size) / size).astype(np.float32)
    entries = from_float(formula(_expf(x).astype(np.float64)).astype(np.float32), type)
    return Table(function, entries[::-1], type, scale=size / 8, offset=size - 1)


def legacy_exp(size: int, type: Fixed) -> Table:
    """Legacy softmax's table of exp(x) over -8..8."""
    return _over_range("softmax", size, type, 16, _expf)


def legacy_inverse(size: int, type: Fixed) -> Table:
    """Legacy softmax's table of 1 / x over 0..64; that of 0 is 0."""
    if size < 1:
        raise AccelError(f"softmax table of {size} entries; expected a positive size, e.g. 1024")
    x = (64.0 * np.arange(size) / size).astype(np.float32).astype(np.float64)
    entries = from_float(np.divide(1.0, x, out=np.zeros_like(x), where=x > 0), type)
    return Table("softmax", entries, type, scale=size / 64, offset=0)


FUNCTIONS: dict[str, Callable[[int, Fixed], Table]] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "softplus": softplus,
    "softsign": softsign,
}
"""By hls4ml's name; those that are a table and nothing else."""

RECURRENT: dict[str, Callable[[int, Fixed], Table]] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "hard_sigmoid": partial(hard_sigmoid, "hard_sigmoid", 6),
    "keras2_hard_sigmoid": partial(hard_sigmoid, "keras2_hard_sigmoid", 5),
}
"""Those that recurrent layers have."""


def table_index(raw: np.ndarray, x_type: Fixed, table: Table) -> np.ndarray:
    """Addresses that values of ``x_type`` read: int64, same shape.

    ``int index = x * size / range + offset``, clamped. ap_fixed divides to the LSB of x and converts to int, both
    toward zero; the int is of 32 bits and wraps where x is that large.
    """
    raw, (top, bottom) = np.asarray(raw), table.scale.as_integer_ratio()
    if addressable(x_type, table):
        made = np.empty(raw.shape, np.int64)
        kernels.addresses(np.ascontiguousarray(raw, np.int64).reshape(-1), span(x_type, table), made.reshape(-1))
        return made
    product = raw.astype(object) * top
    scaled = np.abs(product) // bottom
    scaled = scaled >> x_type.fraction if x_type.fraction > 0 else scaled << -x_type.fraction
    index = np.where(product < 0, -scaled, scaled) + table.offset
    wrapped = (index + (1 << 31)) % (1 << 32) - (1 << 31)
    return np.clip(wrapped.astype(np.int64), 0, len(table.entries) - 1)


def addressable(x_type: Fixed, table: Table) -> bool:
    """Whether 64 bits are enough to compute the addresses that values of ``x_type`` read."""
    top, _ = table.scale.as_integer_ratio()
    return x_type.width + top.bit_length() + max(-x_type.fraction, 0) <= NARROW and x_type.fraction <= NARROW


def span(x_type: Fixed, table: Table) -> tuple[int, int, int, int, int]:
    """How ``kernels.address`` makes addresses from values of ``x_type``."""
    return *table.scale.as_integer_ratio(), x_type.fraction, table.offset, len(table.entries) - 1


def lookup(raw: np.ndarray, x_type: Fixed, table: Table) -> np.ndarray:
    """The table's raw entries for raw values of ``x_type``; same shape. hls4ml casts them to the layer's
    output type.
    """
    return table.entries[table_index(raw, x_type, table)]


def scale_log2(table: Table, x_type: Fixed) -> int:
    """log2 of the entries per unit of x, what ``acc_lut`` shifts by.

    Raises:
        AccelError: it is not a power of two, or x can be so large that the C simulation's index wraps.
    """
    mantissa, exponent = math.frexp(table.scale)
    if mantissa != 0.5:
        size = len(table.entries)
        raise AccelError(
            f"{table.function} table of {size} entries; expected a power of two, e.g. {1 << size.bit_length()}: "
            "the hardware addresses it by a shift"
        )
    log2, bits = exponent - 1, 31 - (table.offset > 0)  # with an offset, half the range is left for what it is added to
    if x_type.integer - x_type.signed + log2 > bits:
        raise AccelError(
            f"{table.function} of {x_type} overflows the 32-bit index of hls4ml's C simulation; expected at most "
            f"{bits - log2 + x_type.signed} integer bits"
        )
    return log2


def address_bits(size: int, type: Fixed) -> int:
    """Upper bits of ``type`` that address a softmax table of ``size`` entries (hls4ml's ceillog2).

    Raises:
        AccelError: ``size`` is not a power of two above 1, or the type has fewer bits.
    """
    bits = size.bit_length() - 1
    if size < 2 or size != 1 << bits or bits > type.width:
        raise AccelError(
            f"softmax table of {size} entries addressed by {type}; expected a power of two from 2 to "
            f"{1 << type.width}: other sizes make hls4ml read beyond the table or the type"
        )
    return bits


def softmax_index(raw: np.ndarray, type: Fixed, size: int) -> np.ndarray:
    """Addresses in a softmax table: the upper bits of raw values of ``type``, unsigned; int64, same shape."""
    bits = address_bits(size, type)
    return ((np.asarray(raw) >> (type.width - bits)) & (size - 1)).astype(np.int64)


def _addressed_values(type: Fixed, size: int) -> np.ndarray:
    """float32 (size,): the value whose upper bits are the address, its lower ones zero."""
    bits = address_bits(size, type)
    address = np.arange(size)
    if type.signed:
        address = np.where(address >= size // 2, address - size, address)
    return np.ldexp(address.astype(np.float32), type.integer - bits)


def softmax_exp(size: int, difference: Fixed, type: Fixed, scale: float = -1.0) -> np.ndarray:
    """Softmax's ``exp(x * scale)``, x of type ``difference``: raw entries (size,) of ``type``.

    Args:
        difference: inp_norm_t, or in the latency form the input's type.
        scale: negative in the stable form, whose differences are positive.

    Raises:
        AccelError: ``size`` does not suit ``difference``.
    """
    with np.errstate(over="ignore"):
        return from_float(_expf(_addressed_values(difference, size) * np.float32(scale)), type)


def softmax_inverse(size: int, sum: Fixed, type: Fixed) -> np.ndarray:
    """Softmax's ``1 / x``, x of type ``sum`` (inv_inp_t): raw entries (size,) of ``type``.

    1 / 0 is infinity: the largest value of a saturating type, 0 in a wrapping or SAT_ZERO one.

    Raises:
        AccelError: ``size`` does not suit ``sum``.
    """
    with np.errstate(divide="ignore"):
        return from_float(np.float32(1) / _addressed_values(sum, size), type)
