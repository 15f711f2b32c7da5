"""Every benchmark starts: long measurements are not run here, but must not rot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("file", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda file: file.name)
def test_says_what_it_takes(file: Path) -> None:
    variables = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, file, "--help"], env=variables, text=True, capture_output=True, check=False)
    assert done.returncode == 0 and "usage: " in done.stdout, done.stderr
