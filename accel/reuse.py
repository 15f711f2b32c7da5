"""Reuse factors that the product of a vector and a matrix can have, in the RTL and in hls4ml."""

from __future__ import annotations

import math

import numpy as np

from accel.errors import AccelError


def valid_factors(n_in: int, n_out: int) -> list[int]:
    """The factors of an n_in x n_out product, ascending: all that divide its multiplications."""
    work = n_in * n_out
    small = [r for r in range(1, math.isqrt(work) + 1) if work % r == 0]
    return sorted({*small, *(work // r for r in small)})


def hls_factors(n_in: int, n_out: int) -> list[int]:
    """The factors that hls4ml's Resource strategy has for an n_in x n_out product, ascending: divisors of n_in, and
    n_in times divisors of n_out (``fpga_backend.py``: _validate_reuse_factor).
    """
    slices = [r for r in range(1, n_in) if n_in % r == 0]
    return slices + [n_in * k for k in range(1, n_out + 1) if n_out % k == 0]


def sharing(reuse: int, n_in: int) -> tuple[int, int]:
    """How a factor of ``valid_factors`` divides: slices of the inputs, and rounds over a part of the outputs each."""
    fold = math.gcd(reuse, n_in)
    return fold, reuse // fold


def computed(weights: np.ndarray, reuse: int, *, grouped: bool = False) -> tuple[int, np.ndarray]:
    """What of a convolution's kernel (taps, inputs, outputs) has to be multiplied, all else being zero; of one that is
    ``grouped`` already, ``inputs`` are those of an output.

    Returns:
        in how many groups the channels are, none of which reads another's, and which taps count, ascending: as little
        as possible, with as many zeros as it takes that ``reuse`` is valid for the product.
    """
    taps, inputs, outputs = weights.shape
    there = weights.any(axis=(1, 2))
    order = np.argsort(~there, kind="stable")
    for groups in range(1 if grouped else math.gcd(inputs, outputs), 0, -1):
        if inputs % groups or outputs % groups or not _apart(weights, groups):
            continue
        for count in range(max(1, int(there.sum())), taps + 1):
            if count * inputs // groups * outputs % reuse == 0:
                return groups, np.sort(order[:count])
    return 1, np.arange(taps)


def _apart(weights: np.ndarray, groups: int) -> bool:
    """Whether the channels of a kernel (taps, inputs, outputs) are in so many groups."""
    reads, read = (np.arange(groups).repeat(size // groups) for size in weights.shape[1:])
    return not weights[:, reads[:, None] != read].any()


def check_factor(what: str, reuse: int, n_in: int, n_out: int) -> None:
    """Refuse a factor that an n_in x n_out product cannot have, where hls4ml takes the nearest without a word.

    Raises:
        AccelError: it begins with `what` (a layer and the name of the factor) and names the valid ones nearby.
    """
    factors = valid_factors(n_in, n_out)
    if reuse not in factors:
        below, above = [r for r in factors if r < reuse][-3:], [r for r in factors if r > reuse][:3]
        raise AccelError(
            f"{what} {reuse} is not valid for its {n_in} x {n_out} product; valid ones nearby: "
            f"{', '.join(map(str, below + above))}"
        )
