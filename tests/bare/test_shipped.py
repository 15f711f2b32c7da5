"""The folder of lenet: short, and the integer model's integers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from accel.bare import build, project
from accel.flow.conversion import make
from accel.flow.request import Request
from accel.ir import golden
from accel.ir.lower import lower
from accel.progress import SILENT
from accel.source import models_root

MOST_LINES = 600


def test_lenet_is_short_and_exact(tmp_path: Path, monkeypatch):
    models = models_root()
    monkeypatch.chdir(tmp_path)
    Path("models").symlink_to(models)
    graph = lower(make(Request("lenet"), SILENT).hls_graph)
    type_ = graph.input.type
    frames = np.random.default_rng(1).integers(type_.lo, type_.hi, (20, *graph.input.shape), endpoint=True)
    files = project.generate(graph, "lenet", "0123456789", project.Example(frames[0], "noise"))
    assert project.lines(files) <= MOST_LINES
    assert all(
        len(line) <= 120 for path, text in files.items() if path.endswith((".cpp", ".h")) for line in text.split("\n")
    )
    program = build.compiled(project.write(files, tmp_path / "c"), tmp_path)
    assert np.array_equal(build.outputs(program, frames, graph.output.shape), golden.predict(graph, frames))
