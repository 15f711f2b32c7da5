"""The resource model's formulas of modules that only move pixels: their terms, from their parameters."""

from __future__ import annotations

from accel.synth.terms import Own


def pad(own: Own) -> None:
    """``acc_pad``."""
    own.counter(own.OutHeight, own.OutWidth)
    own.lut(compare=2 * (own.OutHeight.bit_length() + own.OutWidth.bit_length()), mask=own.PixelWidth)
    own.ff(data=own.PixelWidth)


def crop(own: Own) -> None:
    """``acc_crop``."""
    own.counter(own.Height, own.Width)
    own.lut(compare=2 * (own.Height.bit_length() + own.Width.bit_length()))
    own.ff(data=own.PixelWidth)


def permute(own: Own) -> None:
    """``acc_permute``."""
    sizes, addresses = (own.Sizes >> 32 * axis & (1 << 32) - 1 for axis in range(own.Axes)), 2 * own.Words - 1
    own.counter(*(size - 1 for size in sizes), addresses, addresses)
    own.lut(step=own.Axes * addresses.bit_length())
    own.ff(data=own.Width, control=4 + own.Axes)
    own.ram(2 * own.Words, own.Width)


def repeat(own: Own) -> None:
    """``acc_upsample``."""
    own.counter(own.Rows, own.Width, own.Columns)
    own.ff(data=own.PixelWidth)
    if own.Rows > 1:
        own.lut(select=own.PixelWidth)
        own.ram(own.Width, own.PixelWidth)
