from __future__ import annotations

from pathlib import Path

import pytest

from accel.design import Design
from accel.errors import AccelError
from accel.source import resolve


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models" / "tiny"
    folder.mkdir(parents=True)
    (folder / "model.py").write_text("DATASET, dataset, stimulus = 'mnist', None, None\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "models"


def test_resolve_a_folder(models: Path) -> None:
    (models / "tiny" / "model.keras").touch()
    (models / "tiny" / "design.yaml").write_text("part: xczu3eg\nclock_ns: 4\n")
    source = resolve("tiny")
    assert (source.name, source.path) == ("tiny", models / "tiny" / "model.keras")
    assert source.design() == Design(part="xczu3eg", clock_ns=4.0)
    assert source.definition().DATASET == "mnist"


def test_resolve_a_file(models: Path, tmp_path: Path) -> None:
    (tmp_path / "my net-2.h5").touch()
    source = resolve("my net-2.h5")
    assert (source.name, source.path) == ("my_net_2", (tmp_path / "my net-2.h5").resolve())
    assert source.design() == Design(reuse=None)
    assert source.definition() is None


@pytest.mark.parametrize(("stem", "name"), [("2d_cnn", "net_2d_cnn"), ("modèle", "mod_le"), ("reg", "reg")])
def test_a_design_has_a_name_that_hardware_can_have(models: Path, tmp_path: Path, stem: str, name: str) -> None:
    (tmp_path / f"{stem}.keras").touch()
    assert resolve(f"{stem}.keras").name == name


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("tinny", "did you mean tiny"),
        ("tiny", "is not trained"),
        ("absent.keras", "no model file absent.keras"),
        ("model.txt", "unknown model 'model.txt'"),
        ("../tiny", "unknown model '../tiny'"),
    ],
)
def test_unknown_models_are_refused(models: Path, asked: str, told: str) -> None:
    with pytest.raises(AccelError, match=told):
        resolve(asked)
