"""How far the quantised network is from the float model, layer by layer."""

from __future__ import annotations

from accel.flow.conversion import Conversion, Reference
from accel.hls import float_layers
from accel.progress import Progress
from accel.report.measure import sqnr

FRAMES = 8


def layers(done: Conversion, known: Reference, progress: Progress) -> dict[str, float | None]:
    """The signal-to-quantisation-noise ratio in dB of every layer that the C simulation traces, by name."""
    x = known.frames.x[:FRAMES]
    with progress.step("comparing every layer with floating point"):
        found = list(float_layers.outputs(done.network, x))
        behind = {output.name: output.behind for output in found}
        values = {output.name: output.values for output in found}
        floats = float_layers.by_graph(done.hls_graph, values, behind)
        traced = known.csim.trace(x)
        return {name: sqnr(traced[name].reshape(floats[name].shape), floats[name]) for name in traced if name in floats}
