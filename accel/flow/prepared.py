"""What a search of one model's designs measures with, made once before any of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from accel.data import datasets
from accel.data.judging import agreeing
from accel.flow import conversion
from accel.flow.evaluation import Examples, Task
from accel.flow.frames import Frames, frames_for
from accel.flow.request import Request
from accel.hls import convert, tensors
from accel.intake import files
from accel.intake.inputs import made_up
from accel.intake.reading import outputs_of, shape_of
from accel.progress import Progress
from accel.source import designs_folder, resolve
from accel.sweep import space
from accel.sweep.result import Score

EXAMPLES = 1024
"""Validation examples that every point is measured on, evenly taken, unless there are fewer."""

OTHERS = 1 / 3
"""Part of another example in a blend."""


class Prepared:
    """A model with everything that its designs are measured with, before any of them is."""

    def __init__(self, request: Request, progress: Progress) -> None:
        self.request = request
        self.source, self.design = conversion.settled(request)
        self.name = resolve(request.model).name  # the model's own, with whatever design the search begins
        self.folder = designs_folder(self.name).parent
        with progress.step("reading the model"):
            self._reading = files.read(self.source.path, self.source.weights)
            self.model = self._reading.model
            self.network, self._data = conversion.prepared(self.source, self._reading, self.design)
            self.ranges = conversion.measured_ranges(self.source, self._reading, self.network, self._data)
            half = convert.first_half(self.network, self.design, self.folder / "hls", self._reading.types)
            found = tensors.free(half, self.design, self.ranges)
            self.layers = tuple(space.Layer(name, kind, kinds) for name, (kind, kinds) in found.items())
        with progress.step("running the float model on the validation examples"):
            chosen = self._validation()
            self.origin = chosen.origin
            self.task = self._task(chosen)

    @cached_property
    def test(self) -> Task:
        """The test split, read when it is first asked for: when the choice is made."""
        given = frames_for(self.source, self._reading, self._shape, EXAMPLES, self._data)
        return self._task(given)

    @property
    def _shape(self) -> tuple[int, ...]:
        return shape_of(self.network)

    def score(self, task: Task) -> Score:
        """What the float model itself reaches."""
        outputs = task.examples.outputs.reshape(len(task.examples.outputs), -1)
        return Score(task.examples.accuracy(outputs), 1.0)

    def blended(self) -> Task:
        """The validation examples, and behind them each once more with some of another one (`OTHERS`). A network is
        sure of what it was trained on, and less so of blends: there what quantisation does is seen first.
        """
        x, y = self.task.examples.x, self.task.examples.y
        others = x[np.random.default_rng(0).permutation(len(x))]
        return self._task(Frames(np.concatenate([x, (1 - OTHERS) * x + OTHERS * others]), y, self.origin))

    def _validation(self) -> Frames:
        """Examples that types and designs may be chosen on: never those of the test split."""
        if self._data is not None:
            data = self._data
            return _some(Frames(data.calibration, data.calibration_y, "the calibration part of the examples"))
        definition = self.source.definition()
        root = datasets.find(definition.DATASET) if definition else None
        if root is not None:
            split = definition.dataset(root).validation
            return _some(Frames(split.x, split.y, f"the validation part of {definition.DATASET}'s training split"))
        made = made_up(self.source, self._reading, self._shape, EXAMPLES)
        return Frames(made.x, None, made.words, made.noise)

    def _task(self, given: Frames) -> Task:
        weights = tuple(self.network.get_weights())
        own = agreeing(self.source.definition(), outputs_of(self.network))
        examples = Examples(given.x, given.truth, self._reading.outputs(given.x), own)
        return Task(self.network.to_json(), weights, self.ranges, examples)


def _some(given: Frames) -> Frames:
    """At most `EXAMPLES` of them, evenly taken."""
    step = -(-len(given.x) // EXAMPLES)
    return replace(given, x=given.x[::step], truth=None if given.truth is None else given.truth[::step])
