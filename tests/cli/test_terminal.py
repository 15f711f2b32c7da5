"""Steps, warnings and tables as a terminal and as a pipe get them."""

from __future__ import annotations

import io
import logging

import pytest
from rich.console import Console

from accel.cli import terminal


def lines() -> tuple[terminal.Lines, io.StringIO]:
    file = io.StringIO()
    return terminal.Lines(Console(file=file)), file


def test_a_pipe_gets_one_line_for_each_step(monkeypatch):
    clock = iter([10.0, 22.34, 30.0, 155.0])
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(clock))
    shown, file = lines()
    with shown.step("compiling"):
        shown.advance(1, 2)
    with shown.step("simulating"):
        pass
    assert file.getvalue() == "compiling ... 12.3 s\nsimulating ... 2:05 min\n"


def test_steps_inside_a_step_and_messages_have_their_own_lines(monkeypatch):
    monkeypatch.setattr(terminal.time, "monotonic", lambda: 0.0)
    shown, file = lines()
    with shown.step("outer"), shown.step("inner"):
        shown.message("warning: something")
    assert file.getvalue() == "outer ...\ninner ...\nwarning: something\ninner: 0.0 s\nouter: 0.0 s\n"


def test_a_step_that_fails_ends_its_line():
    shown, file = lines()
    with pytest.raises(ValueError, match="broken"), shown.step("compiling"):
        raise ValueError("broken")
    assert file.getvalue() == "compiling ...\n"


def test_a_terminal_gets_bars():
    file = io.StringIO()
    with terminal.Bars(Console(file=file, force_terminal=True, width=90)) as shown, shown.step("training [lenet]"):
        shown.advance(3, 30)
        shown.message("warning: [odd] text")
    text = file.getvalue()
    assert "training [lenet]" in text and "3/30" in text and "warning: [odd] text" in text and "✓" in text


def test_what_a_step_is_shown_on():
    assert isinstance(terminal.progress(io.StringIO()), terminal.Lines)


def test_warnings_take_one_line():
    shown, file = lines()
    log = logging.Logger("test")
    log.addHandler(terminal.Messages(shown))
    log.info("nothing")
    log.warning("no ranges\nand a long story")
    assert file.getvalue() == "warning: no ranges\n"


def test_error_takes_one_line(capsys):
    terminal.error("cannot\n  do   this")
    assert capsys.readouterr().err == "error: cannot do this\n"


def test_table_is_whole_and_aligned(capsys):
    terminal.table(("layer", "reuse", "cycles"), [("conv[1]", "512/128", 55296), ("x" * 200, None, None)])
    out = [row.rstrip() for row in capsys.readouterr().out.splitlines()]
    assert out[0].split() == ["layer", "reuse", "cycles"]
    assert out[1].split() == ["conv[1]", "512/128", "55,296"] and out[2].split() == ["x" * 200, "-", "-"]
    assert len(out[1]) == len(out[2])
