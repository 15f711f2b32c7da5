"""Files and names that a command line refuses in one line, before it makes anything of them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from accel import cli
from accel.data import unpacked


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a model that is none: whatever is refused later than expected is told otherwise."""
    folder = tmp_path / "models" / "tiny"
    folder.mkdir(parents=True)
    (folder / "model.py").write_text("CLASSES = ('a', 'b')\n")
    (folder / "model.keras").touch()
    monkeypatch.chdir(tmp_path)


def refusal(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.run(list(arguments)) == 2
    (line,) = [line for line in capfd.readouterr().err.splitlines() if " ..." not in line]
    assert line.startswith("error: ")
    return line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("CLASSES = ('a', 'b')", "model.py has no DATASET; expected DATASET, dataset, stimulus"),
        ("DATASET = 'mnist'", "model.py has no dataset"),
        ("import nonsuch", "model.py does not run: ModuleNotFoundError: No module named 'nonsuch'"),
        ("def build(:", "model.py does not run: SyntaxError"),
        ("DATASET, dataset, stimulus = 'mnits', None, None", "unknown data set 'mnits': expected one of emodb, fsdd"),
    ],
)
def test_a_model_that_is_not_defined(capfd: pytest.CaptureFixture[str], text: str, told: str) -> None:
    Path("models/tiny/model.py").write_text(text)
    assert told in refusal(capfd, "cosim", "tiny")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("reuse: 2\nreuse: 4", "the key 'reuse' comes twice"),
        ("reuse: 4.0", "reuse: expected a valid integer, got '4.0'"),
        ("reuse: '4'", "reuse: expected a valid integer, got '4' in quotes"),
        ("reuse: true", "reuse: expected a valid integer"),
        ("reuse: 1:30", "reuse: expected a valid integer"),
        ("layers: {c: {precision: {weights: 'fixed<8,2>'}}}", "layers.c.precision: unknown 'weights'; did you mean"),
        ("layers: {a: &x {reuse: 2}, b: *x}", "anchors and aliases are not taken"),
        ("part: 'xc7z020\"; exec touch ran; #'", "letters, digits and '-' only"),
    ],
    ids=lambda text: text[:20],
)
def test_a_design_file(capfd: pytest.CaptureFixture[str], text: str, told: str) -> None:
    Path("models/tiny/design.yaml").write_text(text)
    assert told in refusal(capfd, "hls", "tiny")


def test_a_part_that_would_run(capfd: pytest.CaptureFixture[str]) -> None:
    told = refusal(capfd, "rtl", "tiny", "--part", 'xc7z020"; exec touch ran; #')
    assert "letters, digits and '-' only" in told


def test_a_model_that_unpacks_too_large(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacked, "LARGEST", 100_000)
    with zipfile.ZipFile("bomb.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * 200_000)
    assert "bomb.keras: unpacks to 200,000 bytes" in refusal(capfd, "hls", "bomb.keras")
