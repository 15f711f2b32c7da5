from __future__ import annotations

import ctypes
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from accel.errors import AccelError
from accel.fixed import to_float
from accel.hls import csim
from accel.hls.csim import CSim, compile_project
from accel.intake import files
from accel.source import ModelSource
from tests.hls.conftest import noise

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph


@pytest.fixture(scope="module")
def sim(graph: ModelGraph) -> CSim:
    return CSim(graph)


def test_close_to_the_float_model(sim: CSim, source: ModelSource) -> None:
    x = noise(64)
    raw = sim.predict_raw(sim.quantise_input(x))
    assert (raw.dtype, raw.shape) == (np.int64, (64, 3))
    ours, theirs = to_float(raw, sim.outputs[0].type), files.read(source.path).model.predict(x, verbose=0)
    assert np.abs(ours - theirs).max() < 0.01
    assert np.mean(ours.argmax(-1) == theirs.argmax(-1)) >= 0.98
    assert np.abs(ours.sum(-1) - 1).max() < 0.02


def test_frames_do_not_depend_on_each_other(sim: CSim) -> None:
    x = sim.quantise_input(noise(8))
    together = sim.predict_raw(x)
    assert (sim.predict_raw(x[::-1]) == together[::-1]).all()
    assert (sim.predict_raw(x[3:4]) == together[3:4]).all()
    with ThreadPoolExecutor(4) as pool:
        assert (np.concatenate(list(pool.map(lambda i: sim.predict_raw(x[i : i + 1]), range(8)))) == together).all()


def test_traces_are_raw_integers_of_every_layer(sim: CSim) -> None:
    x = sim.quantise_input(noise(3))
    traced = sim.trace_raw(x)
    assert list(traced) == ["conv", "relu", "pool", "gru", "lstm", "out", "out_softmax"]
    assert (traced["out_softmax"] == sim.predict_raw(x)).all()
    assert (traced["relu"] == np.maximum(traced["conv"], 0)).all()
    windows = traced["relu"].reshape(3, 4, 2, 3, 2, 4)
    assert (traced["pool"] == windows.max(axis=(2, 4))).all()


@pytest.mark.parametrize("x", [np.zeros((2, 6, 8, 1), np.int64), np.zeros((2, 8, 6, 1))])
def test_other_inputs_are_refused(sim: CSim, x: np.ndarray) -> None:
    with pytest.raises(AccelError, match=r"expected raw integers \(frames, 8, 6, 1\), got"):
        sim.predict_raw(x)


@pytest.mark.parametrize(
    ("worker", "told"),
    [
        ("print(\"WARNING: Hls::stream 'layer3_out' contains leftover data, which may hang\")", "nonsense.*layer3_out"),
        ("print(\"WARNING: Hls::stream 'layer3_out' is read while empty\")", "nonsense.*layer3_out"),
        (
            "import os, sys; sys.stderr.write('nnet_pooling_stream.h:40: Assertion failed\\n'); os.abort()",
            "-6.*Assertion",
        ),
    ],
    ids=["leftover", "empty", "assert"],
)
def test_what_the_c_simulation_gives_up_on_or_warns_of_is_a_failure(
    worker: str, told: str, sim: CSim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever values came out."""
    program = tmp_path / "worker.py"
    program.write_text(f"{csim.WORKER.read_text()}\n{worker}\n")
    monkeypatch.setattr(csim, "WORKER", program)
    with pytest.raises(AccelError, match=told):
        sim.predict_raw(sim.quantise_input(noise(1)))


def test_nothing_is_compiled_twice(sim: CSim, graph: ModelGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csim, "COMPILER", "no-such-compiler")
    project = Path(graph.config.get_output_dir())
    assert compile_project(project, graph.config.get_project_name()).suffix == ".so"
    x = sim.quantise_input(noise(1))
    assert (CSim(graph).predict_raw(x) == sim.predict_raw(x)).all()


def project(folder: Path, text: str) -> Path:
    (folder / "firmware").mkdir()
    (folder / "firmware" / "top.cpp").write_text(text)
    (folder / "top_bridge.cpp").write_text("\n")
    return folder


def test_a_damaged_library_is_compiled_anew(tmp_path: Path) -> None:
    made = project(tmp_path, 'extern "C" int answer() { return 42; }\n')
    library = compile_project(made, "top")
    os.truncate(library, library.stat().st_size // 2)
    assert compile_project(made, "top") == library and ctypes.CDLL(str(library)).answer() == 42
    content = library.read_bytes()
    library.unlink()
    assert compile_project(made, "top").read_bytes() == content


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return project(tmp_path, "int main() { return missing; }\n")


def test_a_compile_error_is_one_line(broken: Path) -> None:
    with pytest.raises(AccelError, match=r"g\+\+ refuses the C simulation \(exit status 1\): firmware/top.*missing"):
        compile_project(broken, "top")
    assert list((broken / "csim").iterdir()) == []


def test_a_missing_compiler_is_named(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(AccelError, match=r"needs g\+\+, which is not on PATH"):
        compile_project(broken, "top")
