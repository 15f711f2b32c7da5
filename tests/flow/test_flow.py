"""A model's file to a verified design, through the same functions as the command line."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from accel.errors import AccelError
from accel.flow import cosim, hls, memo, plugin, rtl
from accel.flow.request import Request
from accel.hls import ranges
from tests.flow.conftest import FRAMES


def test_rtl_equals_the_c_simulation_in_the_predicted_cycles(outcome, workplace, fast_simulator):
    (run,) = outcome.report.simulations
    assert outcome.passed and outcome.report.exact and outcome.report.timed
    assert run.result.frames >= FRAMES and run.result.mismatches == 0 and run.result.simulator == fast_simulator
    folder = workplace / outcome.folder
    report = json.loads((folder / "report.json").read_text())
    assert report["exact"] and report["timed"] and report["float_accuracy"].startswith("not measured")
    assert next(row["name"] for row in report["layers"]) == "conv"
    assert "bit for bit" in (folder / "report.md").read_text()
    assert (folder / "rtl" / "rtl.json").exists() and (folder / "hls" / "firmware").is_dir()


def test_witnesses_are_close_to_the_float_model(outcome):
    rows = {row.name: row for row in outcome.report.comparisons}
    assert set(rows) == {"C simulation", "integer model", "RTL"}
    assert all(row.agreement == 1 and 0 < row.max_error < 0.02 for row in rows.values())


def test_a_damaged_layer_is_found_even_where_the_outputs_agree(request_, fast_simulator, tmp_path, monkeypatch):
    """One weight's least significant bit in front of a softmax that looks at the upper bits only."""
    generate = rtl.project.generate

    def damaged(*arguments):
        files = generate(*arguments)
        first, rest = files["dense.mem"].split("\n", 1)
        files["dense.mem"] = f"{first[:-1]}{int(first[-1], 16) ^ 8:x}\n{rest}"
        return files

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(rtl.project, "generate", damaged)
    done = cosim.run(request_, fast_simulator, frames=5)
    assert not done.passed and done.mismatch.layer == "dense"


def test_an_unchanged_design_is_not_built_again(outcome, workplace, request_, fast_simulator, monkeypatch):
    def fail(*_):
        raise AssertionError("converted again")

    monkeypatch.chdir(workplace)
    monkeypatch.setattr(cosim, "make", fail)
    again = cosim.run(request_, fast_simulator, frames=FRAMES)
    assert again.recalled and again.passed and again.report == outcome.report
    with pytest.raises(AssertionError, match="converted again"):
        cosim.run(request_, fast_simulator, frames=FRAMES - 1)
    top = workplace / outcome.folder / "rtl" / "reg_top.sv"
    text = top.read_text()
    top.write_text(text + "// changed by hand\n")
    with pytest.raises(AssertionError, match="converted again"):
        cosim.run(request_, fast_simulator, frames=FRAMES)
    top.write_text(text)


def test_what_is_changed_after_the_simulation_is_not_remembered_as_passed(
    outcome, workplace, request_, fast_simulator, tmp_path, monkeypatch
):
    """A memory file zeroed between the simulation and the report."""
    monkeypatch.chdir(tmp_path)
    finished = cosim.finished

    def zeroed(folder, report):
        file = folder / "rtl" / "dense.mem"
        file.write_text(re.sub("[1-9a-f]", "0", file.read_text()))
        return finished(folder, report)

    with monkeypatch.context() as patch:
        patch.setattr(cosim, "finished", zeroed)
        assert cosim.run(request_, fast_simulator, frames=4).passed
    assert not cosim.run(request_, fast_simulator, frames=4).recalled


def test_a_recalled_report_is_the_one_in_the_folder(outcome, workplace, request_, fast_simulator, monkeypatch):
    monkeypatch.chdir(workplace)
    page = workplace / outcome.folder / "report.md"
    page.write_text("of another run")
    assert cosim.run(request_, fast_simulator, frames=FRAMES).recalled
    assert f"make cosim MODEL={request_.model}" in page.read_text() and f" N={FRAMES}" in page.read_text()


def test_the_same_model_gives_the_same_bytes(outcome, workplace, request_, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    again = rtl.run(request_)
    for kind in ("rtl", "hls/firmware"):
        ours, theirs = workplace / outcome.folder / kind, tmp_path / again.folder / kind
        files = sorted(f.relative_to(ours) for f in ours.rglob("*") if f.is_file())
        assert files == sorted(f.relative_to(theirs) for f in theirs.rglob("*") if f.is_file())
        assert all((ours / f).read_bytes() == (theirs / f).read_bytes() for f in files)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"model": "nonsuch"}, "unknown model 'nonsuch'"),
        ({"part": "xc9z999"}, "unknown part 'xc9z999'"),
        ({"precision": "fixed<16>"}, "fixed<16>"),
        ({"reuse": "conv:5"}, "valid ones nearby"),
        ({"reuse": "cone:3"}, "no such layer"),
        ({"io": "io_serial"}, "io_serial"),
    ],
    ids=str,
)
def test_bad_requests_are_refused_and_leave_nothing(request_, changes, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fields = {"model": request_.model, **changes}
    with pytest.raises(AccelError, match=told):
        rtl.run(Request(**fields))
    assert list(tmp_path.iterdir()) == []


def test_settings_are_judged_before_anything_is_read(request_, monkeypatch):
    monkeypatch.setattr(memo, "fingerprint", lambda *_: pytest.fail("read"))
    with pytest.raises(AccelError, match="unknown part 'xc9z999'"):
        cosim.run(replace(request_, part="xc9z999"))


def test_a_corrupt_model_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.keras").write_bytes(b"no zip")
    with pytest.raises(AccelError, match="expected a Keras model file"):
        hls.run(Request("broken.keras"))


def test_too_few_frames_and_an_unknown_simulator_are_refused(request_):
    with pytest.raises(AccelError, match="at least 4"):
        cosim.run(request_, frames=3)
    with pytest.raises(AccelError, match="modelsim"):
        cosim.run(request_, "modelsim")


def test_a_layer_without_rtl_still_gets_its_hls_project(tmp_path, monkeypatch):
    import keras
    from keras import layers

    monkeypatch.chdir(tmp_path)
    x = inputs = keras.Input((6, 4), name="steps")
    x = layers.EinsumDense("abc,cd->abd", output_shape=(4, 3), name="mixed")(layers.Conv1D(2, 3, name="conv")(x))
    keras.Model(inputs, layers.Activation("relu", name="relu")(x)).save("wide.keras")
    request = Request("wide.keras", io="io_parallel")
    made = hls.run(request)
    assert (made.folder / "hls" / "firmware").is_dir() and made.report.comparisons
    assert "mixed" in made.report.notes[0]
    with pytest.raises(AccelError, match="layer 'mixed': the RTL has no EinsumDense yet"):
        cosim.run(request)


def test_the_plugin_runs_the_rtl(outcome, workplace, request_, vectors, monkeypatch):
    from accel.fixed import to_float
    from accel.flow.conversion import make
    from accel.progress import SILENT

    monkeypatch.chdir(workplace)
    model = make(request_, SILENT).hls_graph
    inputs, expected, _ = vectors
    x = to_float(inputs, outcome.graph.input.type).reshape(len(inputs), *outcome.graph.input.shape)
    y = plugin.simulate_rtl(model, x)
    assert np.array_equal(y.reshape(expected.shape), to_float(expected, outcome.graph.output.type))
    assert plugin.build_report(model)["predicted"] == {
        "latency": outcome.report.predicted.latency,
        "ii": outcome.report.predicted.ii,
    }


def test_a_model_is_refused_before_anything_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    one, two = keras.Input((4,)), keras.Input((4,))
    both = keras.layers.Add(name="both")([one, two])
    keras.Model([one, two], [both, both]).save(tmp_path / "two.keras")
    monkeypatch.setattr(ranges, "of", lambda source: pytest.fail("measured"))
    with pytest.raises(AccelError, match="'both' is an input or output more than once"):
        hls.run(Request(str(tmp_path / "two.keras")))
