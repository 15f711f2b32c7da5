"""The integer model beside hls4ml's C simulation: they must agree on every raw integer."""

from __future__ import annotations

import numpy as np

from accel.errors import AccelError
from accel.hls.csim import CSim
from accel.ir import golden
from accel.ir.graph import Graph


def check_golden(graph: Graph, csim: CSim, raw: np.ndarray, expected: np.ndarray, got: np.ndarray) -> None:
    """The integer model must be the C simulation; where it is not, say in which layer.

    Args:
        raw: raw inputs (frames, *golden.shape_of(graph.inputs)).
        expected: the C simulation's raw outputs for them.
        got: the integer model's, (frames, *golden.shape_of(graph.outputs)).

    Raises:
        AccelError: they differ.
    """
    wrong = np.argwhere(got != expected.reshape(got.shape))
    if not len(wrong):
        return
    frame = raw[wrong[0][0]][None]
    traced, ours = csim.trace_raw(frame), golden.trace(graph, frame)
    layer = next((n for n in ours if n in traced and np.any(ours[n] != traced[n].reshape(ours[n].shape))), "the output")
    raise AccelError(
        f"the integer model differs from hls4ml's C simulation in {len(wrong)} values, first at frame {wrong[0][0]} in "
        f"{layer}; this is a fault of accel: please report it with the model"
    )
