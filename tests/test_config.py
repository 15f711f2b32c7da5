from __future__ import annotations

from pathlib import Path

import pytest

from accel.config import Design, LayerDesign, parse_design, read_design, resolve
from accel.errors import AccelError


def test_defaults_and_width_of_the_policy() -> None:
    assert Design().width == 16
    assert Design(precision="auto<12>").width == 12
    assert Design(precision="fixed<16,6>").width is None


def test_a_layer_has_its_own_reuse_or_the_design_s() -> None:
    design = Design(reuse=2, layers={"conv": LayerDesign(reuse=9)})
    assert (design.reuse_of("conv"), design.reuse_of("dense")) == (9, 2)


def test_command_line_replaces_the_values_of_every_layer() -> None:
    design = Design(
        part="xc7z010", layers={"gru": LayerDesign(reuse=9, recurrent_reuse=3, precision={"result": "fixed<8,2>"})}
    )
    changed = design.changed({"reuse": "4", "precision": "fixed<12,4>", "clock_ns": "2.5"})
    assert (changed.reuse_of("gru"), changed.layer("gru").recurrent_reuse) == (4, None)
    assert (changed.precision, changed.layer("gru").precision) == ("fixed<12,4>", {})
    assert (changed.part, changed.clock_ns) == ("xc7z010", 2.5)
    assert design.reuse_of("gru") == 9


def test_command_line_reuse_for_some_layers() -> None:
    changed = Design(reuse=2, layers={"gru": LayerDesign(reuse=9, table_size=1024)}).changed({"reuse": "gru:3,conv:5"})
    assert [changed.reuse_of(name) for name in ("gru", "conv", "dense")] == [3, 5, 2]
    both = changed.changed({"reuse": "gru:6/12"}).layer("gru")
    assert (both.reuse, both.recurrent_reuse, both.table_size) == (6, 12, 1024)


@pytest.mark.parametrize(
    ("text", "told"),
    [("0", "greater than or equal to 1, got '0'"), ("-5", "equal to 1, got '-5'"), ("9" * 5000, "a valid integer")],
)
def test_a_reuse_that_is_no_factor_is_refused(text: str, told: str) -> None:
    with pytest.raises(AccelError, match=told):
        Design().changed({"reuse": text})


@pytest.mark.parametrize("text", ["4,dense:8", "gru:", "gru:3/", "gru:x", ":3", "gru:3,", "gru:" + 5000 * "9"])
def test_a_malformed_reuse_is_refused(text: str) -> None:
    with pytest.raises(AccelError, match="expected a layer and its factor"):
        Design().changed({"reuse": text})


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"prat": "x"}, "unknown key 'prat'; did you mean part"),
        ({"layers": {"conv": {"reus": 2}}}, "unknown key 'layers.conv.reus'; did you mean reuse?"),
        ({"io": "io_serial"}, "io: expected 'io_stream' or 'io_parallel', got 'io_serial'"),
        ({"strategy": "fast"}, "strategy: expected 'Latency' or 'Resource', got 'fast'"),
        ({"clock_ns": 0}, "clock_ns: expected greater than 0, got '0'"),
        ({"reuse": "many"}, "reuse: expected a valid integer"),
        ({"reuse": 4.0}, "reuse: expected a valid integer, got '4.0'"),
        ({"reuse": "4"}, "reuse: expected a valid integer, got '4' in quotes"),
        ({"layers": {"c": {"recurrent_reuse": "4"}}}, "layers.c.recurrent_reuse: expected a valid integer, got '4' in"),
        ({"layers": {"c": {"table_size": 1024.0}}}, "layers.c.table_size: expected a valid integer, got '1024.0'"),
        ({"layers": {"c": {"precision": {"weights": "fixed<8,2>"}}}}, "layers.c.precision: unknown 'weights'; did you"),
        ({"precision": "fixed<16>"}, "precision 'fixed<16>' is not a fixed-point type"),
        ({"precision": "auto<99>"}, "precision 'auto<99>': expected 4 to 24 bits"),
        ({"layers": {"conv": {"precision": {"result": "float"}}}}, "precision 'float' is not a fixed-point type"),
    ],
)
def test_wrong_settings_are_named(data: dict, told: str) -> None:
    with pytest.raises(AccelError) as caught:
        parse_design(data, "design.yaml")
    assert str(caught.value).startswith("design.yaml: ")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_layer_that_the_model_lacks_is_refused() -> None:
    with pytest.raises(AccelError, match=r"layers\.conv4: the model has no such layer; did you mean conv1"):
        Design(layers={"conv4": LayerDesign(reuse=2)}).check_layers(["conv1", "dense"])


def test_a_layer_that_was_folded_away_is_refused_as_such() -> None:
    with pytest.raises(AccelError, match=r"layers\.norm: hls4ml folded this layer .*expected one of: conv"):
        Design(layers={"norm": LayerDesign(reuse=2)}).check_layers(["conv"], ["conv", "norm"])


@pytest.mark.parametrize("text", ["part: [", "- part", "just words"])
def test_a_file_that_is_no_design(tmp_path: Path, text: str) -> None:
    file = tmp_path / "design.yaml"
    file.write_text(text)
    with pytest.raises(AccelError, match="expected"):
        read_design(file)


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    file = tmp_path / "design.yaml"
    file.write_text("# nothing yet\n")
    assert read_design(file) == Design()


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
    assert source.design() == Design()
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
        ("model.pb", "unknown model 'model.pb'"),
        ("../tiny", "unknown model '../tiny'"),
    ],
)
def test_unknown_models_are_refused(models: Path, asked: str, told: str) -> None:
    with pytest.raises(AccelError, match=told):
        resolve(asked)
