"""Where a design first goes wrong: every layer's beats against what its golden model says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from accel.errors import AccelError
from accel.rtl.folder import RtlFolder
from accel.rtl.interface import LayerStream
from accel.sim import bulk, tools, vectors
from accel.sim.compare import Beats, compare, compare_all
from accel.sim.result import OUTPUT, Around, Kind, Mismatch

AROUND, LANES = 12, 16
"""Beats before and behind a difference, and lanes of them, that are kept."""


def locate(
    rtl: RtlFolder,
    inputs: np.ndarray,
    expected: np.ndarray,
    layers: Mapping[str, np.ndarray],
    simulator: str = tools.VERILATOR,
    **options,
) -> Mismatch | None:
    """Run the frames with every layer traced and return the first place that differs, None if all agree.

    The last frame is sent twice: a run ends with the design's last output beat, when layers may still owe beats that no
    later one waits for (pooling drops an odd last row). So beats of that one more frame may be missing where the
    output is whole; none before.

    Layers are looked at in the order the data flows; those not in ``layers`` are passed over. If all of them agree and
    the design's output does not, the place is called ``output``.

    Args:
        inputs, expected: the failing frames and what the design should give, int64 (frames, beats, lanes), or rows
            of several streams.
        layers: what each layer should give for the same frames, int64 (frames, beats, lanes), by layer name.
        options: those of ``bulk.run``.

    Raises:
        AccelError: the RTL does not build or run, or writes no trace of a layer it lists.
    """
    interface = rtl.interface
    run = bulk.run(rtl, _one_more(inputs), simulator, trace=True, **options)
    owed: Mismatch | None = None
    for layer in interface.layers:
        if layer.name not in layers:
            continue
        golden = _one_more(_golden(layers[layer.name], layer, len(inputs)))
        if layer.name not in run.traces:
            raise AccelError(
                f"{interface.top} wrote no trace of layer '{layer.name}'; expected an acc_stream_trace under ACC_TRACE"
            )
        came = _beats(run.traces[layer.name], layer)
        found = compare(came, golden, layer.name)
        if found.first and found.first[0].kind is Kind.MISSING and found.first[0].frame == len(inputs):
            owed = owed or found.first[0]
        elif found.first:
            return _with_surroundings(found.first[0], came, golden)
    wanted = _one_more(expected)
    found = compare_all(run.outputs, wanted, interface.outputs)
    if owed or not found.first:
        return owed if found.first else None
    names = [OUTPUT] if len(interface.outputs) == 1 else [stream.prefix for stream in interface.outputs]
    place = names.index(found.first[0].layer)
    return _with_surroundings(found.first[0], run.outputs[place], vectors.apart(wanted, interface.outputs)[place])


def _with_surroundings(found: Mismatch, came: Beats, wanted: np.ndarray) -> Mismatch:
    """The difference with the beats around it."""
    flat = wanted.reshape(-1, wanted.shape[-1])
    place, lane = found.frame * wanted.shape[1] + found.beat, found.lane or 0
    first = max(0, place - AROUND)
    left = max(0, min(lane - LANES // 2, flat.shape[1] - LANES))
    lanes = tuple(range(left, min(left + LANES, flat.shape[1])))
    expected = tuple(tuple(int(row[lane]) for lane in lanes) for row in flat[first : place + AROUND + 1])
    rows = [came.values[at] if at < len(came.values) and not came.unknown[at] else None
            for at in range(first, first + len(expected))]  # fmt: skip
    got = tuple(tuple(None if row is None else int(row[lane]) for lane in lanes) for row in rows)
    return replace(found, around=Around(first, lanes, expected, got))


def _one_more(frames: np.ndarray) -> np.ndarray:
    """The frames, and the last of them once more."""
    return np.concatenate([frames, frames[-1:]])


def _golden(values: np.ndarray, layer: LayerStream, frames: int) -> np.ndarray:
    """The layer's expected beats, if they have the shape of its stream."""
    wanted = (frames, layer.beats, layer.lanes)
    if values.shape != wanted:
        raise AccelError(f"layer '{layer.name}': expected values of shape {wanted}, got {values.shape}")
    return values


def _beats(lines: tuple[str, ...], layer: LayerStream) -> Beats:
    """A trace as beats; only values and unknown bits are known."""
    words, unknown = vectors.from_hex(list(lines), vectors.words_per_beat(layer.lanes, layer.width))
    values = vectors.unpack(words, layer.lanes, layer.width, layer.width, layer.signed)
    nothing = np.zeros(len(values), np.int64)
    return Beats(values, unknown, None, nothing.astype(bool), nothing)
