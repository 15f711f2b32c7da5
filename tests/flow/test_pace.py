"""Reuse factors that nobody chose: by the pace that is asked for, or the fastest that fits the part."""

from __future__ import annotations

from pathlib import Path

import pytest

from accel.errors import AccelError
from accel.flow import cosim, hls, rtl
from accel.flow.request import Request
from accel.report import Report


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a network of all layers that have factors; with factors of 1 it takes 2,640 multipliers."""
    import keras
    from keras import layers

    folder = tmp_path_factory.mktemp("pace")
    keras.utils.set_random_seed(5)
    network = [keras.Input((16, 4), name="wave"), layers.Conv1D(8, 5, activation="relu", name="conv")]
    network += [layers.MaxPooling1D(2, name="pool"), layers.GRU(16, name="gru"), layers.Dense(64, name="wide")]
    keras.Sequential([*network, layers.Dense(4, name="last")]).save(folder / "net.keras")
    return folder


@pytest.fixture(autouse=True)
def _there(place, monkeypatch):
    monkeypatch.chdir(place)


def dsp(report: Report) -> float:
    """The multipliers that a design takes."""
    (used,) = (resource.used for resource in report.size if resource.name == "DSP")
    return used


def test_a_model_file_alone_fits_its_part():
    report = rtl.run(Request("net.keras", part="xc7z010clg400-1")).report
    assert not report.too_large and dsp(report) > 40
    assert report.settings.reuse == "auto" and report.bottleneck.busy == 1
    assert {row.name for row in report.layers if row.reuse} == {"conv", "gru", "wide", "last"}
    plain = rtl.run(Request("net.keras", reuse="1")).report
    assert dsp(plain) > 2000 and plain.too_large


def test_look_up_tables_are_not_forgotten(place: Path) -> None:
    """A part with multipliers to spare and hardly any logic gets a slower design than one with logic, too."""
    part = "  family: xc7\n  ff: 99999\n  dsp: 999\n  bram: 99\n  source: made up\n"
    (place / "parts.yaml").write_text(f"small:\n  lut: 6000\n{part}large:\n  lut: 99999\n{part}tiny:\n  lut: 9\n{part}")
    small, large, tiny = (rtl.run(Request("net.keras", part=name)).report for name in ("small", "large", "tiny"))
    assert small.predicted.ii > large.predicted.ii and dsp(small) < dsp(large)
    assert not small.too_large and not large.too_large
    (lut,) = tiny.too_large
    assert lut.told.endswith("of 9 (predicted)") and tiny.predicted == large.predicted and tiny.smallest_part


def test_the_pace_asked_for_is_kept_exactly_as_predicted(fast_simulator):
    done = cosim.run(Request("net.keras", ii="600"), fast_simulator, frames=4)
    assert done.passed and done.report.timed and done.report.predicted.ii <= 600
    assert done.report.commands[-1].startswith("make cosim MODEL=net.keras II=600")
    faster = rtl.run(Request("net.keras", fps="500000")).report
    assert faster.predicted.ii <= 200 and dsp(faster) > dsp(done.report)


def test_factors_of_some_layers_stay():
    report = rtl.run(Request("net.keras", reuse="conv:20,gru:8/16", ii="1000")).report
    assert {row.name: row.reuse for row in report.layers if row.reuse} | {"conv": "20", "gru": "8/16"} == {
        row.name: row.reuse for row in report.layers if row.reuse
    }


def test_a_pace_that_no_layer_keeps_is_refused():
    with pytest.raises(
        AccelError, match=r"layer '(conv|gru)': takes at least \d+ cycles for a frame; expected at least"
    ):
        rtl.run(Request("net.keras", ii="3"))


def test_what_has_no_rtl_is_converted_with_factors_of_one():
    import keras
    from keras import layers

    mixed = layers.EinsumDense("abc,cd->abd", output_shape=(4, 3), name="mixed")
    network = [keras.Input((6, 4)), layers.Conv1D(2, 3), mixed, layers.Flatten(), layers.Dense(4)]
    keras.Sequential(network).save("mixed.keras")
    report = hls.run(Request("mixed.keras", io="io_parallel")).report
    assert {row.reuse for row in report.layers if row.reuse} == {"1"}
    with pytest.raises(AccelError, match="layer 'mixed': the RTL has no EinsumDense yet"):
        hls.run(Request("mixed.keras", io="io_parallel", ii="600"))
