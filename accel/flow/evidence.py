"""What a report's pictures are drawn of, gathered where the arrays are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from accel.data.judging import decisions
from accel.flow import assemble, fidelity
from accel.flow.conversion import Conversion, Reference
from accel.flow.fidelity import Compared
from accel.hls.precision import from_hls
from accel.intake.reading import outputs_of
from accel.progress import Progress
from accel.report import Report, sample
from accel.report.evidence import Activity, Confusion, Evidence, TensorRow, Timeline
from accel.rtl.activity import activity
from accel.rtl.plan import Plan

STRETCHES = 200
WEIGHTS = ("weight", "bias", "recurrent_weight", "recurrent_bias", "scale")


def added(
    report: Report, done: Conversion, known: Reference, plan: Plan, integers: np.ndarray, progress: Progress
) -> Report:
    """The report with each layer compared with floating point, and with all evidence; ``integers`` as `gathered` has
    it.
    """
    compared = fidelity.layers(done, known, progress)
    found = gathered(done, known, compared, integers, report.decides)
    return replace(assemble.judged(report, compared.ratios), evidence=found, timeline=timeline(plan))


def gathered(done: Conversion, known: Reference, compared: Compared, integers: np.ndarray, decides: bool) -> Evidence:
    """Evidence of what was compared with floating point, layer by layer, and of what was decided.

    Args:
        integers: the integer model's outputs (frames, *shape), as numbers, for the first frames.
        decides: the outputs are scores of classes.
    """
    found = _confusion(done, known, integers.reshape(len(integers), -1)) if decides else None
    chosen = _spread(len(integers), found)
    words = [_words(done, known, integers, at) if decides else f"frame {at}" for at in chosen]
    compare, floats, steps = sample.error, compared.floats, compared.steps
    errors = [compare(name, got, floats[name], steps[name]) for name, got in compared.traced.items()]
    return Evidence(
        frames=compared.frames,
        tensors=(*_results(done, compared.floats), *_weights(done)),
        errors=tuple(errors),
        confusion=found,
        examples=sample.examples(known.frames.x[chosen], words),
    )


def timeline(plan: Plan) -> Timeline | None:
    """What each layer does while a frame goes through; None where that takes too long to follow."""
    rows = activity(plan, STRETCHES)
    digits = [Activity(row.name, _ninths(row.busy), _ninths(row.full)) for row in rows]
    return Timeline(plan.latency + 1, tuple(digits)) if digits else None


def _ninths(parts: np.ndarray) -> str:
    """Parts of 1 as digits; what is above 0 is none of 0."""
    return "".join(str(max(round(9 * part), int(part > 0))) for part in parts)


def _results(done: Conversion, floats: Mapping[str, np.ndarray]) -> Iterator[TensorRow]:
    for layer in done.hls_graph.get_layers():
        if layer.name in floats:
            type_ = from_hls(layer.get_output_variable().type.precision)
            yield sample.tensor(layer.name, "result", floats[layer.name], type_)


def _weights(done: Conversion) -> Iterator[TensorRow]:
    for layer in done.hls_graph.get_layers():
        for kind in WEIGHTS:
            if (weight := layer.weights.get(kind)) is not None and np.any(weight.data):
                yield sample.tensor(layer.name, kind, weight.data, from_hls(weight.type.precision))


def _classes(done: Conversion) -> Sequence[str]:
    return getattr(done.source.definition(), "CLASSES", ())


def _confusion(done: Conversion, known: Reference, integers: np.ndarray) -> Confusion | None:
    truth = known.frames.truth
    floats = known.outputs[: len(integers)].reshape(integers.shape)
    truth = None if truth is None else truth[: len(integers)]
    return sample.confusion(floats, integers, truth, _classes(done), outputs_of(done.network))


def _spread(count: int, found: Confusion | None) -> list[int]:
    """Some frames: those that are decided otherwise first, then others from all over the set."""
    spread = np.linspace(0, count - 1, min(count, sample.EXAMPLES)).astype(int)
    differing = [one.frame for one in found.differing] if found else []
    return list(dict.fromkeys([*differing, *(int(at) for at in spread)]))[: sample.EXAMPLES]


def _words(done: Conversion, known: Reference, integers: np.ndarray, at: int) -> str:
    """What frame ``at`` is, and what it is decided as."""
    classes, truth = dict(enumerate(map(str, _classes(done)))), known.frames.truth
    shapes = outputs_of(done.network)
    floating, ours = (decisions(outputs[at : at + 1], shapes)[0] for outputs in (known.outputs, integers))
    if ours.size > 1:
        return f"frame {at}, {(ours == floating).sum()} of {ours.size} decisions as in floating point"
    chosen = {"is": None if truth is None else int(truth[at]), "float": int(floating), "integer model": int(ours)}
    told = [f"{who} {classes.get(number, number)}" for who, number in chosen.items() if number is not None]
    return ", ".join([f"frame {at}", *told])
