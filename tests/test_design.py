from __future__ import annotations

from pathlib import Path

import pytest

from accel.design import Design, LayerDesign, parse_design, read_design
from accel.errors import AccelError
from accel.fixed import Fixed
from accel.policy import Auto


def test_the_types_of_a_layer_are_its_own_or_the_design_s() -> None:
    design = Design(precision="fixed<16,6>", layers={"conv": LayerDesign(precision={"weight": "auto<5,-1>"})})
    assert design.types_of("conv") == {"default": Fixed(16, 6), "weight": Auto(5, -1)}
    assert design.types_of("dense") == {"default": Fixed(16, 6)}


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
        ({"precision": "auto<99>"}, "precision 'auto<99>': expected 2 to 24 bits"),
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


@pytest.mark.parametrize(
    ("given", "changes", "reuse", "interval"),
    [
        ({"reuse": "auto"}, {}, None, None),
        ({"reuse": "auto", "ii": 900}, {}, None, 900),
        ({"reuse": "auto", "fps": 1000.0, "clock_ns": 10.0}, {}, None, 100_000),
        ({"reuse": "auto", "ii": 900}, {"fps": "2e4"}, None, 5000),
        ({"reuse": "auto", "ii": 900}, {"reuse": "4"}, 4, None),
        ({"reuse": 4}, {"ii": "300"}, None, 300),
        ({}, {"reuse": "auto"}, None, None),
    ],
)
def test_a_pace_replaces_another(given: dict, changes: dict, reuse: int | None, interval: int | None) -> None:
    design = parse_design(given, "here").changed(changes)
    assert (design.reuse, design.interval) == (reuse, interval)


def test_a_pace_replaces_the_layers_own_factors_but_not_those_given_with_it() -> None:
    design = Design(layers={"a": LayerDesign(reuse=3, table_size=64), "b": LayerDesign(reuse=2)})
    assert design.changed({"ii": "99"}).layers == {"a": LayerDesign(table_size=64), "b": LayerDesign()}
    changed = design.changed({"reuse": "b:8", "ii": "99"})
    assert changed.layer("b").reuse == 8 and changed.layer("a").reuse is None and changed.interval == 99


def test_chosen_factors_are_the_layers_own() -> None:
    design = Design(reuse=None, layers={"a": LayerDesign(table_size=64)}).folded({"a": (4, 2), "b": (3, None)})
    assert design.layers == {"a": LayerDesign(reuse=4, recurrent_reuse=2, table_size=64), "b": LayerDesign(reuse=3)}
    assert design.reuse_of("c") == 1


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"ii": 100}, "ii: given beside reuse 1; expected reuse: auto"),
        ({"reuse": "auto", "ii": 100, "fps": 3.0}, "ii and fps: both given, expected one of them"),
        ({"reuse": "auto", "ii": 0}, "ii: expected greater than or equal to 1"),
        ({"reuse": "auto", "fps": -1.0}, "fps: expected greater than 0"),
    ],
)
def test_a_pace_that_cannot_be(data: dict, told: str) -> None:
    with pytest.raises(AccelError, match=told):
        parse_design(data, "here")
