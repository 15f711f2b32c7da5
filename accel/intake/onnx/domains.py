"""Operators of other domains than the ONNX standard's that are read: QONNX's quantisers, and its operators for tensors
with the channels last, which are the standard's between two transpositions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from accel.intake.onnx.layout import Value, channels_first, channels_last
from accel.intake.onnx.nodes import Given

QUANTISERS = ("qonnx.custom_op.general", "finn.custom_op.general", "onnx.brevitas")
CHANNELS_LAST = "qonnx.custom_op.channels_last"

TURNED = {"Conv": 2, "MaxPool": 1, "BatchNormalization": 1}
"""How many of what an operator with the channels last reads has them so: of a Conv the kernel, too."""


def turned(kind: str, given: Sequence[Given]) -> list[Given]:
    """What an operator with the channels last reads, with the channels where the standard has them."""
    return [_first(one) if place < TURNED.get(kind, 0) else one for place, one in enumerate(given)]


def turned_back(made: Given) -> Given:
    """What the standard's operator makes, with the channels last."""
    return channels_last(made) if isinstance(made, Value) else made


def _first(given: Given) -> Given:
    return channels_first(given) if isinstance(given, Value) else np.moveaxis(given, -1, 1)
