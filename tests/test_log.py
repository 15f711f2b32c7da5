"""A long run goes on where it was stopped."""

from __future__ import annotations

from pathlib import Path

from tests.conformance.judge import Kind, Verdict
from tests.log import Log


def test_a_run_goes_on_with_what_its_log_has(tmp_path: Path) -> None:
    found = {
        3: Verdict(Kind.CYCLES, "icarus: later", ("icarus",), {"icarus": 1.5}),
        1: Verdict(Kind.EQUAL),
    }
    log = Log(tmp_path / "log.jsonl", Verdict.logged)
    assert log.found == {}
    for name, verdict in found.items():
        log.add(name, verdict)
    again = Log(tmp_path / "log.jsonl", Verdict.logged)
    assert again.found == log.found == found and list(again.found) == [3, 1]
    again.add(2, Verdict(Kind.REFUSED, "in words"))
    assert len(Log(tmp_path / "log.jsonl", Verdict.logged).found) == 3


def test_without_a_file_nothing_is_kept(tmp_path: Path) -> None:
    log = Log(None, Verdict.logged)
    log.add("a", Verdict(Kind.EQUAL))
    assert log.found == {"a": Verdict(Kind.EQUAL)} and not list(tmp_path.iterdir())
