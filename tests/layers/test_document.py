"""`docs/layers.md` says what happens, and what is called exact there computes what Keras does."""

from __future__ import annotations

import numpy as np
import pytest

from accel import rows
from accel.flow.inspection import Hardware
from accel.intake.reading import given
from accel.ir import golden
from accel.ir.lower import lower
from tests.layers.cases import FAMILIES
from tests.layers.document import DOCUMENT, IO, inspected, table, untried


@pytest.mark.parametrize("family", FAMILIES)
def test_the_page_says_what_comes_out(family: str) -> None:
    assert table(family) in DOCUMENT.read_text()


def test_every_layer_of_keras_is_on_the_page() -> None:
    text = DOCUMENT.read_text()
    assert text.count("\n## ") == len(FAMILIES) + 1
    assert all(f"`{kind}`" in text for kind in untried())


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_exact_computes_what_keras_does(family: str) -> None:
    """The integer model with the types that were chosen, of inputs in the range that they were chosen on."""
    far = {}
    for case in FAMILIES[family]:
        for io in IO:
            found = inspected(case, io)
            if found.hardware is not Hardware.RTL:
                continue
            model, graph = case.model(), lower(found.graph)
            x = np.random.default_rng(2).uniform(-1, 1, (32, *golden.shape_of(graph.inputs)))
            raw = rows.from_float(x, graph.inputs)
            x, made = rows.to_float(raw, graph.inputs).astype(np.float32), golden.predict(graph, raw)
            y = np.asarray(model(given(model, x))).reshape(made.shape)
            error = np.abs(rows.to_float(made, graph.outputs) - y).max()
            if error > 0.02 * max(1.0, np.abs(y).max()):
                far[case.first.kind, case.settings, io] = float(error)
    assert not far
