"""What `make` hands to `accel`: every value as it was typed, and nothing in it runs."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from accel.flow import assemble
from accel.flow.request import Request
from accel.report.write import markdown
from tests.report.test_write import REPORT

ROOT = Path(__file__).parents[1]
NAMES = ["$(shell touch ran)x.keras", "it's.keras", "50$.keras", "a b;touch ran.keras", "`touch ran`.keras", '"$HOME"']


@pytest.fixture
def accel(tmp_path: Path) -> Path:
    """A stand-in for `accel` that writes down its arguments."""
    stub = tmp_path / "stub"
    stub.write_text(
        "#!/usr/bin/env python3\nimport json, sys\nopen('arguments', 'w').write(json.dumps(sys.argv[1:]))\n"
    )
    stub.chmod(0o755)
    return stub


def made(accel: Path, *words: str, **environment: str) -> list[str]:
    command = ["make", "-f", str(ROOT / "Makefile"), f"ACCEL={accel}", "READY=", *words]
    done = subprocess.run(command, cwd=accel.parent, env=os.environ | environment, capture_output=True, text=True)
    return arrived(accel, done)


def arrived(accel: Path, done: subprocess.CompletedProcess[str]) -> list[str]:
    """The arguments; nothing else ran."""
    assert done.returncode == 0, done.stderr
    assert not (accel.parent / "ran").exists()
    return json.loads((accel.parent / "arguments").read_text())


@pytest.mark.parametrize("name", NAMES)
def test_a_value_arrives_as_it_was_typed(accel: Path, name: str) -> None:
    assert made(accel, "cosim", f"MODEL={name}", f"PART={name}") == ["cosim", name, "--part", name]
    assert made(accel, "hls", MODEL=name) == ["hls", name]
    assert made(accel, "data", f"DATASET={name}") == ["data", name]
    assert made(accel, "parts", PART=name) == ["parts", name]
    assert made(accel, "c", f"MODEL={name}", f"DATA={name}") == ["c", name, "--data", name]
    assert made(accel, "inspect", f"MODEL={name}") == ["inspect", name]
    assert made(accel, "run", f"MODEL={name}", f"INPUT={name}") == ["run", name, "--", name]
    assert made(accel, "run", INPUT=name, SIM="icarus") == ["run", "", "--sim", "icarus", "--", name]
    assert made(accel, "convert", f"MODEL={name}", OUT=name) == ["convert", name, name]


@pytest.mark.parametrize("name", NAMES)
def test_a_line_copied_from_a_report_gives_the_same_arguments(accel: Path, name: str) -> None:
    asked = Request(name, part="xczu7ev", clock_ns="5", precision="fixed<16,6,RND,SAT>", reuse="a:4,b:8/16", data=name)
    lines = assemble.commands(asked, "icarus", 8, full=True, min_agreement=0.07)
    text = markdown(replace(REPORT, commands=lines))
    design = ["--part", "xczu7ev", "--clock-ns", "5", "--precision", "fixed<16,6,RND,SAT>", "--reuse", "a:4,b:8/16"]
    design = [name, *design, "--data", name]
    assert pasted(accel, text, "hls") == ["hls", *design, "--min-agreement", "7"]
    assert pasted(accel, text, "rtl") == ["rtl", *design]
    more = ["--sim", "icarus", "--frames", "8", "--full", "--min-agreement", "7"]
    assert pasted(accel, text, "cosim") == ["cosim", *design, *more]
    assert all("MIN_AGREEMENT" not in line for line in assemble.commands(asked))


def pasted(accel: Path, text: str, target: str) -> list[str]:
    """What arrives where a shell runs the line of a report that makes ``target``."""
    (line,) = [line.strip() for line in text.splitlines() if line.strip().startswith(f"make {target} ")]
    make = f'make() {{ command make -f {shlex.quote(str(ROOT / "Makefile"))} ACCEL={accel} READY= "$@"; }}\n'
    done = subprocess.run(["sh", "-c", make + line], cwd=accel.parent, capture_output=True, text=True)
    return arrived(accel, done)


def test_switches(accel: Path) -> None:
    assert made(accel, "cosim", "MODEL=crnn", "FULL=1", "WAVES=0", "N=8") == [
        "cosim",
        "crnn",
        *["--frames", "8", "--full"],
    ]


def test_conformance_runs_the_module(accel: Path) -> None:
    (accel.parent / "bin").mkdir()
    accel.rename(accel.parent / "bin" / "python")
    assert made(accel, "conformance", "VENV=.", "N=3", "SEED=$(shell touch ran)") == [
        *["-m", "tests.conformance.run"],
        *["--networks", "3", "--seed", "$(shell touch ran)"],
    ]
