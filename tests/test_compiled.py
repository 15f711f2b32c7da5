"""Compiled functions are kept on disk where that can be, and work where it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULE = "from accel.compiled import compiled\n\n\n@compiled\ndef double(x):\n    return 2 * x\n"
RUN = "from doubled import double; print(double(21), sum(double.stats.cache_hits.values()))"


def run(folder: Path, home: Path) -> str:
    """What a process of its own prints of a compiled function in `folder`: its result, and whether it was kept."""
    (folder / "doubled.py").write_text(MODULE)
    os.utime(folder / "doubled.py", (1, 1))
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)]), "HOME": str(home), "XDG_CACHE_HOME": str(home)}
    variables = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA_")}
    done = subprocess.run(
        [sys.executable, "-c", RUN], env=variables | paths, text=True, capture_output=True, check=True
    )
    return done.stdout.strip()


def read_only(folder: Path) -> None:
    """No process, not even root's, can keep anything beside the sources of `folder`."""
    (folder / "__pycache__").write_text("")


def test_compiled_once_beside_the_source(tmp_path):
    assert [run(tmp_path, tmp_path / "home") for _ in range(2)] == ["42 0", "42 1"]
    assert list((tmp_path / "__pycache__").glob("*.nbc"))


def test_kept_in_the_users_cache_where_the_source_is_read_only(tmp_path):
    read_only(tmp_path)
    home = tmp_path / "home"
    assert [run(tmp_path, home) for _ in range(2)] == ["42 0", "42 1"]
    assert list(home.rglob("*.nbc"))


def test_compiled_each_time_where_nothing_can_be_kept(tmp_path):
    read_only(tmp_path)
    (tmp_path / "home").write_text("")
    assert [run(tmp_path, tmp_path / "home") for _ in range(2)] == ["42 0", "42 0"]
