"""The drivers without cocotb: right results, measured time, and every fault found at its place."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import numpy as np
import pytest

from accel.errors import AccelError
from accel.rtl.folder import FILELIST, RtlFolder
from accel.rtl.interface import FILE, Interface, Stream
from accel.rtl.top import parted
from accel.sim import bulk, tools
from accel.sim.drive import Pace
from accel.sim.result import Kind, Mismatch

STALLS = Pace(idle=20, stall=50)


def test_right_and_timed(toy, simulator: str) -> None:
    design = toy(frames=50)
    result = bulk.check(design.rtl, design.inputs, design.expected, simulator)
    assert result.passed and result.frames == 50
    assert (result.latency, result.ii) == (design.interface.latency, design.interface.ii)
    slow = bulk.check(design.rtl, design.inputs, design.expected, simulator, pace=STALLS)
    assert slow.passed and slow.cycles > result.cycles and slow.latency is None
    assert np.array_equal(bulk.simulate(design.rtl, design.inputs, simulator), design.expected)


def test_flipped_bit(toy, simulator: str) -> None:
    design = toy()
    wrong = design.expected.copy()
    wrong[3, 2, 1] ^= 4
    result = bulk.check(design.rtl, design.inputs, wrong, simulator)
    assert not result.passed and result.mismatches == 1
    assert result.first == Mismatch("output", 3, 2, 1, wrong[3, 2, 1], design.expected[3, 2, 1])


@pytest.mark.parametrize(
    ("fault", "pace", "place"),
    [
        (1, Pace(), (0, 1, 0, Kind.VALUE)),
        (2, Pace(), (0, 0, 0, Kind.VALUE)),
        (4, Pace(), (0, 2, None, Kind.LAST)),
        (6, Pace(), (1, 3, 1, Kind.VALUE)),
    ],
)
def test_fault_is_placed(toy, fast_simulator: str, fault: int, pace: Pace, place: tuple) -> None:
    design = toy(fault)
    result = bulk.check(design.rtl, design.inputs, design.expected, fast_simulator, pace=pace)
    assert not result.passed
    assert (result.first.frame, result.first.beat, result.first.lane, result.first.kind) == place


def test_data_changing_while_it_waits(toy, simulator: str) -> None:
    design = toy(3)
    assert bulk.check(design.rtl, design.inputs, design.expected, simulator).passed
    run = bulk.run(design.rtl, design.inputs, simulator, pace=STALLS)
    assert run.outputs[0].unstable.any()
    with pytest.raises(AccelError, match="valid dropped or data changed while ready was low"):
        bulk.simulate(design.rtl, design.inputs, simulator, pace=STALLS)


def test_padding_must_repeat_the_sign(toy, fast_simulator: str) -> None:
    design = toy(7)
    result = bulk.check(design.rtl, design.inputs, design.expected, fast_simulator)
    assert result.mismatches == (design.expected < 0).sum()
    loose = dataclasses.replace(
        design.interface, outputs=(dataclasses.replace(design.interface.output, extended=False),)
    )
    (design.folder / FILE).write_text(loose.to_json())
    assert bulk.check(design.rtl, design.inputs, design.expected, fast_simulator).passed


@pytest.mark.icarus
def test_unknown_output(toy) -> None:
    design = toy(5)
    result = bulk.check(design.rtl, design.inputs, design.expected, tools.ICARUS)
    assert result.mismatches == 6
    assert (result.first.frame, result.first.beat, result.first.kind) == (0, 2, Kind.UNKNOWN)
    with pytest.raises(AccelError, match="unknown bits"):
        bulk.simulate(design.rtl, design.inputs, tools.ICARUS)


@pytest.mark.parametrize("width", [8, 16, 32, 64, 72])  # each type Verilator has for a port
def test_port_widths(tmp_path: Path, simulator: str, width: int) -> None:
    inputs = np.random.default_rng(width).integers(0, 256, (20, 2, width // 8))
    assert np.array_equal(relayed(tmp_path, inputs, simulator, ("Width = 8", f"Width = {width}")), inputs)


def test_literals_of_any_width(tmp_path: Path, simulator: str) -> None:
    """All weights of a layer at R=1 are one."""
    inputs = np.random.default_rng(0).integers(0, 256, (20, 2, 1))
    literal = f"80000'h{1 << 79990:x}{'0' * 2}"
    edit = ("<= s_axis_tdata", f"<= s_axis_tdata ^ Width'({parted(literal)} >> 79992)")
    assert np.array_equal(relayed(tmp_path, inputs, simulator, edit), inputs ^ 64)


def relayed(folder: Path, inputs: np.ndarray, simulator: str, edit: tuple[str, str]) -> np.ndarray:
    """What a register that hands on its beats gives for inputs (frames, 2, lanes), after an edit of its text."""
    source = (Path(__file__).parent / "rtl" / "relay.sv").read_text()
    assert edit[0] in source
    (folder / "relay.sv").write_text(source.replace(*edit))
    (folder / FILELIST).write_text("relay.sv\n")
    streams = ((Stream(prefix, inputs.shape[2], 8, 8, 0, False, 2),) for prefix in ("s_axis", "m_axis"))
    (folder / FILE).write_text(Interface("relay", *streams, latency=2, ii=2).to_json())
    options = {"builds": folder / "builds", "optimisation": "-O0", "pace": STALLS}
    return bulk.simulate(RtlFolder.read(folder), inputs, simulator, **options)


@pytest.mark.parametrize(("beats", "kind"), [(5, Kind.MISSING), (3, Kind.EXTRA)])
def test_wrong_number_of_beats(toy, fast_simulator: str, beats: int, kind: Kind) -> None:
    design = toy(frames=1)
    fields = json.loads(design.interface.to_json())
    fields["outputs"][0]["beats"] = beats
    fields["ports"]["last"] = ""
    (design.folder / FILE).write_text(json.dumps(fields))
    expected = np.resize(design.expected, (1, beats, 3))
    result = bulk.check(design.rtl, design.inputs, expected, fast_simulator)
    assert result.mismatches == 1
    assert (result.first.kind, result.first.frame * beats + result.first.beat) == (kind, min(beats, 4))
    with pytest.raises(AccelError, match="breaks the stream's rules in 1 place"):
        bulk.simulate(design.rtl, design.inputs, fast_simulator)


def test_verilator_is_fast(toy) -> None:
    design = toy(frames=50_000)
    results = [bulk.check(design.rtl, design.inputs, design.expected, tools.VERILATOR) for _ in range(3)]
    assert all(result.passed for result in results)
    assert max(result.cycles_per_second for result in results) > 1e6


def test_changed_memory_is_never_stale(toy, fast_simulator: str) -> None:
    design = toy()
    assert np.array_equal(bulk.simulate(design.rtl, design.inputs, fast_simulator), design.expected)
    memory = design.folder / "toy.mem"
    memory.write_text(memory.read_text().replace("064", "065"))
    moved = bulk.simulate(design.rtl, design.inputs, fast_simulator)
    assert np.array_equal(moved - design.expected, np.broadcast_to([0, 0, 2], moved.shape))


def built(design) -> Path:
    """The only build."""
    (build,) = (design.folder.parent / "sim").glob("[!.]*")
    return build


def test_built_once(toy, fast_simulator: str) -> None:
    design = toy()
    bulk.simulate(design.rtl, design.inputs, fast_simulator)
    stamps = [path.stat().st_mtime_ns for path in built(design).iterdir()]
    bulk.simulate(design.rtl, design.inputs, fast_simulator)
    assert [path.stat().st_mtime_ns for path in built(design).iterdir()] == stamps


def test_a_damaged_build_is_made_anew(toy, simulator: str) -> None:
    design = toy()
    bulk.simulate(design.rtl, design.inputs, simulator)
    program = max(built(design).iterdir(), key=lambda path: path.stat().st_size)
    os.truncate(program, program.stat().st_size // 2)
    assert np.array_equal(bulk.simulate(design.rtl, design.inputs, simulator), design.expected)


def test_broken_rtl_leaves_nothing(toy, simulator: str) -> None:
    design = toy()
    source = design.folder / "toy.sv"
    text = source.read_text()
    source.write_text(text.replace("endmodule", "oops endmodule"))
    with pytest.raises(AccelError, match="(?s)toy.*toy.sv"):
        bulk.simulate(design.rtl, design.inputs, simulator)
    assert not list((design.folder.parent / "sim").iterdir())


def test_inputs_must_fit(toy, fast_simulator: str) -> None:
    design = toy()
    with pytest.raises(AccelError, match="expected"):
        bulk.simulate(design.rtl, design.inputs[:, :4], fast_simulator)
    with pytest.raises(AccelError, match="as many"):
        bulk.check(design.rtl, design.inputs[:2], design.expected, fast_simulator)
