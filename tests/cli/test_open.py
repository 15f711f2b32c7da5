"""The page of a design, handed to a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from accel.cli import run

ROOT = Path(__file__).parents[2]


def test_open_hands_the_page_to_the_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").symlink_to(ROOT / "models")
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or len(opened) == 1)
    assert run(["open", "lenet"]) == 2
    assert "make cosim MODEL=lenet" in capfd.readouterr().err and not opened
    page = tmp_path / "hls_projects" / "lenet" / "report.html"
    page.parent.mkdir(parents=True)
    page.touch()
    assert run(["open", "lenet"]) == 0 and opened == [page.as_uri()]
    assert run(["open", "lenet"]) == 2 and "no browser" in capfd.readouterr().err
