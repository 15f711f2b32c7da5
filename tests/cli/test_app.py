"""The commands as a user types them: what they print, and that bad input takes one line and exit status 2."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from accel import cli
from accel.errors import AccelError
from accel.flow.outcome import Outcome
from accel.flow.request import Request
from accel.report import Comparison, LayerRow, Report, Resource, Settings, Simulation, SynthesisRow, Timing
from accel.sim.result import Mismatch, SimResult

ROOT = Path(__file__).parents[2]
OUTRIGHT = "hls", "rtl", "cosim", "c", "run", "synth", "fmax", "parts", "train", "data", "open", "doctor", "clean"
RESULT = SimResult("verilator", 64, 0, None, 813, 784, 87_812, 2.2, 5)
REPORT = Report(
    "lenet",
    "models/lenet",
    14_410,
    "Digits.",
    Settings("xc7z020clg400-1", 10.0, "io_stream", "Latency", "auto", 1),
    (
        LayerRow(
            "conv1",
            "conv",
            (26, 26, 8),
            "fixed<16,3>",
            "fixed<16,1>",
            "fixed<38,8>",
            "fixed<16,6>",
            "1",
            72,
            896,
            72,
            0,
            784,
        ),
    ),
    (Resource("DSP", 72, 220, "plan"),),
    Timing(813, 784),
    simulations=(Simulation("cocotb", RESULT),),
    comparisons=(Comparison("C simulation", 64, 0.0018, 1.8, 0.0001, 1.0),),
)


def run(*arguments: str) -> int:
    return cli.run(list(arguments))


@pytest.fixture(autouse=True)
def _project(tmp_path, monkeypatch):
    """An empty folder with the models beside it, and no data."""
    (tmp_path / "models").symlink_to(ROOT / "models")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACCEL_DATA", str(tmp_path / "data"))


@pytest.fixture
def asked(monkeypatch):
    """What the commands ask of the flow, which answers with `asked.report`."""

    class Asked:
        def __init__(self) -> None:
            self.report, self.mismatch, self.calls = REPORT, None, []

        def answer(self, *given: object) -> Outcome:
            self.calls.append(given)
            return Outcome(Path("hls_projects/lenet"), self.report, self.mismatch)

    it = Asked()
    for name in ("hls", "rtl", "cosim", "synth", "fmax"):
        monkeypatch.setattr(f"accel.flow.{name}.run", it.answer)
    return it


def test_help_is_quick_and_complete():
    start = time.monotonic()
    program = [sys.executable, "-X", "importtime", "-c", "from accel.cli import main; main()", "--help"]
    done = subprocess.run(program, capture_output=True, text=True, check=True, cwd=ROOT)
    assert time.monotonic() - start < 10  # a second on a machine with nothing else to do
    heavy = ("tensorflow", "keras", "hls4ml", "cocotb", "librosa", "scipy", "numpy", "pydantic", "accel.flow.hls")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not imported & set(heavy)
    for name in (*OUTRIGHT, "sweep", "tune"):
        assert f" {name} " in done.stdout


@pytest.mark.parametrize("name", OUTRIGHT)
def test_every_command_has_help(name, capfd):
    assert run(name, "--help") == 0
    assert f"accel {name}" in capfd.readouterr().out


@pytest.mark.parametrize("flat", [[], ["--flat"]])
def test_what_yosys_made_is_shown_beside_the_plan_and_the_part(flat, asked, capfd):
    figures = (880, None, 72, 0.5, 900, 800, 71, 0.5)
    rows = (SynthesisRow("conv1", *figures), SynthesisRow("sum", *figures))
    has = {"LUT": (900, 53_200), "FF": (800, 106_400), "DSP": (71, 70), "BRAM36": (0.5, 140)}
    made = tuple(Resource(name, *figures, "Yosys") for name, figures in has.items())
    asked.report = replace(REPORT, resources=(*REPORT.resources, *made), synthesis=rows, smallest_part="xc7z020")
    assert run("synth", "lenet", "--part", "xc7z020", *flat) == 0
    request, whole, _ = asked.calls[0]
    assert (request, whole) == (Request("lenet", part="xc7z020"), bool(flat))
    lines = capfd.readouterr().out.splitlines()
    assert lines[1].split() == ["conv1", "72", "71", "0.5", "0.5", "880", "900", "-", "800"]
    assert lines[3].split() == ["xc7z020clg400-1", "70", "70", "140", "140", *(["53,200"] * 2), *(["106,400"] * 2)]
    assert "DSP 71 of 70; expected" in lines[-1]


def test_parts_are_listed_by_a_part_of_their_name(capfd):
    assert run("parts", "pynq") == 0
    (line,) = capfd.readouterr().out.splitlines()[1:]
    assert line.split()[0] == "xc7z020" and "53,200" in line and "220 of 25x18" in line and "DS190" in line


def test_nothing_asked_shows_help(capfd):
    assert run() == 2
    seen = capfd.readouterr()
    assert "Commands" in seen.out and seen.err == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["bogus"], "No such command 'bogus'"),
        (["hls"], "no model given: expected a folder"),
        (["hls", "lent"], "unknown model 'lent'"),
        (["cosim", "none.keras"], "no model file none.keras"),
        (["cosim", "lenet", "--frames", "x"], "'--frames'"),
        (["cosim", "lenet", "--sim", "vcs"], "simulator 'vcs' is not known; expected one of: verilator, icarus"),
        (["rtl", "lenet", "--precision", "fixed<16>"], "precision 'fixed<16>' is not a fixed-point type"),
        (["rtl", "lenet", "--part", "abc"], "unknown part 'abc'"),
        (["rtl", "lenet", "--clock-ns", "fast"], "clock_ns"),
        (["rtl", "lenet", "--io", "io_serial"], "io"),
        (["rtl", "lenet", "--reuse", "0"], "reuse"),
        (["train", "lenet"], "training lenet needs the data set mnist"),
        (["train", "x.keras"], "unknown model 'x.keras'"),
        (["data"], "no data set given"),
        (["data", "imagenet"], "unknown data set 'imagenet'"),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, list) else "",
)
def test_bad_input_takes_one_line(arguments, told, capfd):
    assert run(*arguments) == 2
    errors = [line for line in capfd.readouterr().err.splitlines() if " ..." not in line]
    assert len(errors) == 1 and errors[0].startswith("error: ") and told in errors[0]


def test_corrupt_weights_take_one_line(capfd):
    Path("broken.keras").write_bytes((ROOT / "models" / "lenet" / "model.keras").read_bytes()[:5000])
    assert run("hls", "broken.keras") == 2
    (line,) = [line for line in capfd.readouterr().err.splitlines() if line.startswith("error:")]
    assert "broken.keras: expected a Keras model file" in line
    assert not Path("hls_projects/broken/hls").exists()


def test_hls(asked, capfd):
    assert run("hls", "lenet", "--part", "xczu7ev", "--reuse", "conv1:4", "--precision", "auto<12>") == 0
    ((request, enough, _),) = asked.calls
    assert enough == 0.99
    assert request == Request("lenet", part="xczu7ev", reuse="conv1:4", precision="auto<12>")
    out = capfd.readouterr().out
    assert out.splitlines()[1].split()[:3] == ["conv1", "conv", "26x26x8"]
    assert "100.00 % of 64 frames decided as in floating point" in out and "accuracy not measured: no data set" in out
    assert "HLS project: hls_projects/lenet/hls" in out


def test_rtl(asked, capfd):
    assert run("rtl", "lenet") == 0
    out = capfd.readouterr().out
    assert "xc7z020clg400-1: DSP 72 of 220\n" in out
    assert "predicted: latency 813 cycles, II 784 cycles\nRTL: hls_projects/lenet/rtl\n" in out


def test_cosim_passes(asked, capfd):
    assert run("cosim", "lenet", "--sim", "icarus", "--frames", "8", "--full", "--waves", "--clock-ns", "5") == 0
    ((request, *options, _),) = asked.calls
    assert (request.clock_ns, options) == ("5", ["icarus", 8, True, True, 0.99])
    out = capfd.readouterr().out
    assert "verilator, cocotb: 64 frames, 0 mismatches; latency 813 cycles, II 784 cycles\n" in out
    assert "report: hls_projects/lenet/report.md\nPASS: lenet equals the C simulation bit for bit" in out


def test_an_exact_design_that_decides_otherwise_than_in_floating_point_is_called_that(asked, capfd):
    lossy = replace(REPORT.layers[0], name="conv", sqnr=3.0)
    asked.report = replace(
        REPORT, comparisons=(Comparison("C simulation", 64, 0.5, 8.0, 0.1, 0.75),), layers=(lossy, *REPORT.layers[1:])
    )
    assert run("cosim", "lenet") == 0
    told = capfd.readouterr().out.splitlines()
    assert told[-2].startswith(
        "WARNING: 75.00 % of 64 frames only are decided as in floating point; it is lost in layer 'conv' (SQNR 3.0 dB, "
    )
    asked.report = replace(asked.report, min_agreement=0.7)
    assert run("hls", "lenet", "--min-agreement", "70") == 0 and asked.calls[-1][1] == 0.7
    assert "WARNING" not in capfd.readouterr().out


@pytest.mark.parametrize("command", ["hls", "rtl", "cosim"])
def test_a_design_that_does_not_fit_is_called_that(command, asked, capfd):
    taken = (Resource("multipliers (DSP)", 4_261, 220, "plan"), Resource("BRAM36", 3.5, 140, "plan"))
    asked.report = replace(REPORT, resources=taken, smallest_part="xczu28dr")
    assert run(command, "lenet") == 0
    (told,) = [line for line in capfd.readouterr().out.splitlines() if line.startswith("WARNING")]
    assert "does not fit xc7z020clg400-1: multipliers (DSP) 4,261 of 220;" in told and "(PART=xczu28dr)" in told
    assert "expected larger reuse factors (REUSE=), narrower types" in told
    asked.report = replace(asked.report, settings=replace(REPORT.settings, reuse="auto"))
    assert run(command, "lenet") == 0
    assert "expected a slower pace (II=), narrower types" in capfd.readouterr().out


def test_cosim_fails_where_a_value_differs(asked, capfd):
    asked.mismatch = Mismatch("conv1", 0, 1, 2, 30, 40)
    asked.report = replace(
        REPORT, simulations=(Simulation("cocotb", replace(RESULT, mismatches=1, first=asked.mismatch)),)
    )
    assert run("cosim", "lenet") == 2
    seen = capfd.readouterr()
    assert "PASS" not in seen.out and "report: " in seen.out
    where = "conv1: frame 0, beat 1, lane 2: expected 30, got 40"
    assert seen.err == f"error: FAIL: the RTL differs from the C simulation, first at {where}\n"


def test_cosim_fails_where_the_cycles_differ(asked, capfd):
    asked.report = replace(REPORT, simulations=(Simulation("cocotb", replace(RESULT, ii=785)),))
    assert run("cosim", "lenet") == 2
    seen = capfd.readouterr()
    assert "PASS" not in seen.out and "predicted were latency 813 cycles and II 784 cycles" in seen.err


def test_train_writes_where_the_model_is(capfd, tmp_path, monkeypatch):
    measured = []
    monkeypatch.setattr("accel.hls.ranges.store", measured.append)
    (tmp_path / "models").unlink()
    folder = tmp_path / "models" / "tiny"
    folder.mkdir(parents=True)
    (folder / "model.py").write_text(
        "DATASET, dataset, stimulus = 'mnist', None, None\n"
        "def train(root, out, *, progress):\n"
        "    progress.advance(1, 1)\n"
        "    (out / 'model.keras').write_text(root.name)\n"
        "    return {'test_accuracy': 0.5, 'speakers': ['a']}\n"
    )
    (tmp_path / "data" / "mnist").mkdir(parents=True)
    (tmp_path / "data" / "mnist" / "t10k-images-idx3-ubyte.gz").touch()
    assert run("train", "tiny") == 0
    assert (folder / "model.keras").read_text() == "mnist"
    assert [source.name for source in measured] == ["tiny"]
    out = capfd.readouterr().out
    assert out.splitlines()[1].split() == ["test_accuracy", "0.5"] and "speakers" not in out


def test_doctor(capfd):
    assert run("doctor") == 0
    out = capfd.readouterr().out
    assert "hls4ml" in out and "mnist" in out and out.endswith("all that is required is here\n")


def test_doctor_fails_without_a_compiler(capfd, monkeypatch):
    def missing() -> None:
        raise AccelError("none")

    monkeypatch.setattr("accel.sim.tools.compiler", missing)
    assert run("doctor") == 2
    seen = capfd.readouterr()
    assert "g++, required: sudo apt-get install g++\n" in seen.out
    assert seen.err == "error: not as expected: g++; the commands above install what is needed\n"


def test_clean(capfd):
    Path("hls_projects/lenet/rtl").mkdir(parents=True)
    assert run("clean") == 0 and not list(Path("hls_projects").iterdir())
    assert run("clean") == 0


def test_clean_follows_no_link_and_keeps_the_page(tmp_path):
    kept, elsewhere = tmp_path / "kept", tmp_path / "elsewhere"
    kept.mkdir()
    (kept / "file").touch()
    elsewhere.mkdir()
    Path("hls_projects").symlink_to(elsewhere)
    (elsewhere / "README.md").touch()
    (elsewhere / "design").symlink_to(kept)
    assert run("clean") == 0
    assert [entry.name for entry in elsewhere.iterdir()] == ["README.md"] and (kept / "file").exists()


def test_version(capfd):
    assert run("--version") == 0
    assert capfd.readouterr().out.startswith("accel ")
