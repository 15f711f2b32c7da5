"""What `make` hands to `accel`: every value as it was typed, and nothing in it runs."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

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
    assert done.returncode == 0, done.stderr
    assert not (accel.parent / "ran").exists()
    return json.loads((accel.parent / "arguments").read_text())


@pytest.mark.parametrize("name", NAMES)
def test_a_value_arrives_as_it_was_typed(accel: Path, name: str) -> None:
    assert made(accel, "cosim", f"MODEL={name}", f"PART={name}") == ["cosim", name, "--part", name]
    assert made(accel, "hls", MODEL=name) == ["hls", name]
    assert made(accel, "data", f"DATASET={name}") == ["data", name]


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
