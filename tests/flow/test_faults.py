"""The testbench can fail: each fault put into the generated design, or its vectors, is found and located."""

from __future__ import annotations

import shutil

import pytest

from accel.flow import cosim
from accel.flow.request import Request
from accel.rtl.folder import RtlFolder
from accel.rtl.interface import Interface
from accel.sim import bulk, runner
from accel.sim.locate import locate


@pytest.fixture
def rtl(outcome, workplace, tmp_path):
    """A copy of the generated RTL to damage."""
    return shutil.copytree(workplace / outcome.folder / "rtl", tmp_path / "rtl")


def edit(file, old, new):
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_undamaged_design_passes(rtl, vectors, fast_simulator):
    inputs, expected, layers = vectors
    bulk.check(RtlFolder.read(rtl), inputs, expected, fast_simulator).require()
    assert locate(RtlFolder.read(rtl), inputs, expected, layers, fast_simulator) is None


def test_beats_that_nobody_waits_for_are_no_fault(tmp_path, monkeypatch, fast_simulator):
    """Pooling drops the odd last row of a slow convolution, which still owes it when the output is there."""
    import keras
    from keras import layers

    monkeypatch.chdir(tmp_path)
    x = inputs = keras.Input((9, 9, 4), name="image")
    x = layers.MaxPooling2D(2, name="pool")(layers.Conv2D(4, 3, name="conv")(x))
    keras.Model(inputs, layers.Dense(3, name="dense")(layers.Flatten(name="flat")(x))).save("odd.keras")
    done = cosim.run(Request("odd.keras", reuse="conv:144"), fast_simulator, frames=4)
    assert done.passed and done.report.timed


def test_flipped_expected_bit(rtl, vectors, fast_simulator):
    inputs, expected, layers = vectors
    wrong = expected.copy()
    wrong[2, 0, 1] ^= 1
    result = runner.cosimulate(
        RtlFolder.read(rtl), inputs, wrong, fast_simulator, patterns=0, reset=0, back_to_back=len(inputs)
    )
    assert not result.passed
    found = locate(RtlFolder.read(rtl), inputs, wrong, layers, fast_simulator)
    assert (found.layer, found.frame, found.beat, found.lane) == ("output", 2, 0, 1)
    assert (found.expected, found.got) == (wrong[2, 0, 1], expected[2, 0, 1])


@pytest.mark.parametrize(("file", "layer"), [("conv.mem", "relu"), ("gru_input.mem", "gru"), ("dense.mem", "dense")])
def test_flipped_weight_bit(rtl, vectors, fast_simulator, file, layer):
    """A low bit of one weight, the lowest that a GRU's sums of 16-bit products show; the tables behind the layer may
    hide it from the design's outputs. The convolution's module makes what its ReLU does.
    """
    inputs, expected, layers = vectors
    first, rest = (rtl / file).read_text().split("\n", 1)
    (rtl / file).write_text(f"{first[:-1]}{int(first[-1], 16) ^ 4:x}\n{rest}")
    found = locate(RtlFolder.read(rtl), inputs, expected, layers, fast_simulator)
    assert found.layer == layer
    assert found.expected == layers[layer][found.frame, found.beat, found.lane] != found.got


def test_swapped_lanes(rtl, vectors, fast_simulator):
    inputs, expected, layers = vectors
    edit(
        rtl / "acc_pool.sv",
        "assign out_data_o[c*OutWidth+:OutWidth] = result_q;",
        "assign out_data_o[(c^1)*OutWidth+:OutWidth] = result_q;",
    )
    assert not bulk.check(RtlFolder.read(rtl), inputs, expected, fast_simulator).passed
    found = locate(RtlFolder.read(rtl), inputs, expected, layers, fast_simulator)
    assert found.layer == "pool"
    assert found.got == layers["pool"][found.frame, found.beat, found.lane ^ 1] != found.expected


def test_dropped_beat(rtl, vectors, fast_simulator):
    inputs, expected, layers = vectors
    edit(rtl / "acc_pool.sv", "logic [2:0] valid_q;", "logic [2:0] valid_q; int seen = 0;")
    edit(
        rtl / "acc_pool.sv",
        "else if (en) valid_q <= {valid_q[1], valid_q[0] && done, in_valid_i};",
        "else if (en) begin valid_q <= {valid_q[1] && seen != 7, valid_q[0] && done, in_valid_i};"
        " if (valid_q[1]) seen <= seen + 1; end",
    )
    assert not bulk.check(RtlFolder.read(rtl), inputs, expected, fast_simulator).passed
    found = locate(RtlFolder.read(rtl), inputs, expected, layers, fast_simulator)
    assert (found.layer, found.frame, found.beat) == ("pool", 0, 7)


def test_wrong_prediction_of_the_cycles_is_a_failure(rtl, vectors, fast_simulator):
    inputs, expected, _ = vectors
    interface = Interface.load(rtl)
    edit(rtl / "rtl.json", f'"ii": {interface.ii}', f'"ii": {interface.ii + 1}')
    result = bulk.check(RtlFolder.read(rtl), inputs, expected, fast_simulator)
    assert result.passed and result.ii == interface.ii
    with pytest.raises(Exception, match="predicted|initiation|II"):
        runner.cosimulate(RtlFolder.read(rtl), inputs, expected, fast_simulator, patterns=0, reset=0)
