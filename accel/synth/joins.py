"""The resource model's formulas of modules that read two streams."""

from __future__ import annotations

from accel.synth.terms import Own, Type

AVERAGE = 3
"""``acc_merge``'s code; those above it compare."""


def merge(own: Own) -> None:
    """``acc_merge``."""
    a, b, lanes = own.type("A"), own.type("B"), own.Lanes
    fraction = max(a.fraction, b.fraction)
    if not own.multiply():
        width = max(one.width - one.fraction + (not one.signed) for one in (a, b)) + fraction + 1
        own.lut(**{"compare" if own.Operation > AVERAGE else "add2": lanes * width})
        own.lut(select=lanes * width * (own.Operation > AVERAGE))
        own.ff(data=lanes * width)
    else:
        fraction, width = a.fraction + b.fraction, a.width + b.width
    own.ff(data=lanes * own.cast(Type(width, fraction + (own.Operation == AVERAGE)), own.type("Out"), lanes))


def beside(own: Own) -> None:
    """``acc_beside``."""
    for end, lanes in (("A", own.ALanes), ("B", own.BLanes)):
        own.ff(data=lanes * own.cast(own.type(end), own.type("Out"), lanes))


def append(own: Own) -> None:
    """``acc_append``."""
    cast = [own.cast(own.type(end), own.type("Out"), own.Lanes) for end in "AB"]
    own.lut(select=own.Lanes * max(cast))
    own.ff(data=own.Lanes * max(cast))
    own.counter(max(own.ABeats, own.BBeats) - 1, 1)


def repeat(own: Own) -> None:
    """``acc_repeat``."""
    own.ff(data=own.Width)
    own.counter(own.Words - 1, own.Times - 1)
    if own.Words > 1:
        own.lut(select=own.Width, ram=own.deep(own.Words) * own.Width)
