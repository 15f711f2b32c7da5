"""What the command line shows: steps with bars on stderr, tables on stdout, one line for an error."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

_MINUTE = 60


class Bars:
    """Steps as bars that stay, done, with the time they took."""

    def __init__(self, console: Console) -> None:
        self._bars = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
            console=console,
        )
        self._steps: list[TaskID] = []

    def __enter__(self) -> Bars:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show `title` and a bar; a step that fails keeps its bar as it is."""
        indent = "  " * len(self._steps)
        task = self._bars.add_task(indent + escape(title), total=None, count="")
        self._steps.append(task)
        try:
            yield
            total = self._bars.tasks[task].total or 1
            self._bars.update(task, total=total, completed=total)
        finally:
            self._bars.stop_task(task)
            self._steps.pop()

    def advance(self, done: int, total: int) -> None:
        """Move the innermost step's bar."""
        if self._steps:
            count = f"{done:,}/{total:,}" if total else f"{done:,}"
            self._bars.update(self._steps[-1], completed=done, total=total or None, count=count)

    def message(self, text: str) -> None:
        """Print a line above the bars."""
        self._bars.console.print(text, markup=False, highlight=False, soft_wrap=True)


class Lines:
    """One plain line for each step, with its time: for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._file = console.file
        self._open = False  # a step's line is begun and not ended

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Print `title`, and behind it the time when it is done."""
        self._end_line()
        self._print(f"{title} ...")
        self._open = True
        start = time.monotonic()
        try:
            yield
            took = duration(time.monotonic() - start)
            self._print(f" {took}\n" if self._open else f"{title}: {took}\n")
            self._open = False
        finally:
            self._end_line()

    def advance(self, done: int, total: int) -> None:
        """Nothing: a log shows whole steps only."""

    def message(self, text: str) -> None:
        """Print a line of its own."""
        self._end_line()
        self._print(f"{text}\n")

    def _end_line(self) -> None:
        if self._open:
            self._print("\n")
        self._open = False

    def _print(self, text: str) -> None:
        self._file.write(text)
        self._file.flush()


class Messages(logging.Handler):
    """Warnings as one line on the terminal."""

    def __init__(self, shown: Bars | Lines) -> None:
        super().__init__(logging.WARNING)
        self._shown = shown

    def emit(self, record: logging.LogRecord) -> None:
        """Show the message's first line."""
        self._shown.message(f"{record.levelname.lower()}: {record.getMessage().partition(chr(10))[0]}")


def progress(file: TextIO) -> Bars | Lines:
    """Bars where `file` is a terminal, lines elsewhere."""
    console = Console(file=file, highlight=False)
    return Bars(console) if console.is_terminal else Lines(console)


def error(text: str) -> None:
    """One line on stderr, however long it is."""
    sys.stderr.write(f"error: {' '.join(text.split())}\n")


def note(text: str) -> None:
    """One line on stderr that is no error."""
    sys.stderr.write(f"{text}\n")


def say(text: str) -> None:
    """One line on stdout."""
    sys.stdout.write(f"{text}\n")


def table(header: Sequence[str], rows: Sequence[Sequence[object]], title: str | None = None) -> None:
    """A table on stdout; None becomes '-', numbers are set to the right. Never cut: a pipe or a narrow terminal gets it
    whole.
    """
    made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for index, name in enumerate(header):
        numeric = all(row[index] is None or isinstance(row[index], int | float) for row in rows)
        made.add_column(name, justify="right" if numeric else "left", no_wrap=True)
    for row in rows:
        made.add_row(*("-" if cell is None else escape(_cell(cell)) for cell in row))
    width = Console(width=10_000).measure(made).maximum
    Console(highlight=False, width=max(width, 20)).print(made)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)


def duration(seconds: float) -> str:
    """`12.3 s` or `2:05 min`."""
    return f"{seconds:.1f} s" if seconds < _MINUTE else f"{int(seconds) // _MINUTE}:{int(seconds) % _MINUTE:02d} min"
