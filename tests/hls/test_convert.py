from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from accel.design import Design, LayerDesign
from accel.errors import AccelError
from accel.fixed import from_float, to_float
from accel.hls import convert, faults, ranges
from accel.hls.precision import from_hls
from accel.hls.ranges import Ranges
from accel.intake.rewrite import rewrite
from accel.ir import golden
from accel.ir.lower import lower
from tests.hls.conftest import DESIGN

if TYPE_CHECKING:
    import keras
    from hls4ml.model.graph import ModelGraph


def test_types_chosen_are_the_types_in_the_graph(graph: ModelGraph) -> None:
    conv, relu, gru = (graph.graph[name] for name in ("conv", "relu", "gru"))
    assert str(from_hls(conv.get_output_variable().type.precision)).startswith("fixed<16,")
    assert str(from_hls(relu.get_output_variable().type.precision)).startswith("ufixed<15,")
    assert str(from_hls(gru.types["table_t"].precision)) == "fixed<18,1,RND,SAT>"
    assert gru.get_attr("table_size") == 2048
    assert "bn" not in graph.graph


def test_printed_weights_are_the_rounded_ones_exactly(graph: ModelGraph) -> None:
    folder = Path(graph.config.get_output_dir()) / "firmware" / "weights"
    for layer in graph.get_layers():
        for kind, weight in layer.weights.items():
            fixed = from_hls(layer.types[f"{kind}_t"].precision)
            printed = np.array((folder / f"{weight.name}.txt").read_text().split(","), float)
            assert (printed == weight.data.ravel()).all()
            assert (to_float(from_float(printed, fixed), fixed) == printed).all()


def test_same_input_same_bytes(network: keras.Model, measured: Ranges, graph: ModelGraph, tmp_path: Path) -> None:
    again = convert.convert(network, DESIGN, measured, tmp_path / "elsewhere")
    written = convert.write(again)
    assert written == tmp_path / "elsewhere"
    assert convert.digest(written) == convert.digest(Path(graph.config.get_output_dir()))
    assert [path.name for path in tmp_path.iterdir()] == ["elsewhere"]
    other = convert.convert(network, DESIGN.changed({"clock_ns": "4"}), measured, tmp_path / "other")
    assert convert.digest(convert.write(other)) != convert.digest(written)


def test_an_unchanged_project_keeps_what_was_compiled(graph: ModelGraph, tmp_path: Path) -> None:
    out = Path(graph.config.get_output_dir())
    copied = tmp_path / "project"
    shutil.copytree(out, copied, ignore=shutil.ignore_patterns("csim"))
    (copied / "csim").mkdir()
    graph.config.config["OutputDir"] = str(copied)
    try:
        convert.write(graph)
        assert (copied / "csim").is_dir()
        (copied / "project.tcl").write_text("changed")
        convert.write(graph)
        assert not (copied / "csim").exists()
        assert convert.digest(copied) == convert.digest(out)
    finally:
        graph.config.config["OutputDir"] = str(out)


def test_a_failed_write_leaves_nothing(graph: ModelGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(graph.config.backend.writer), "write_build_opts", full)
    out = graph.config.get_output_dir()
    graph.config.config["OutputDir"] = str(tmp_path / "project")
    try:
        with pytest.raises(AccelError, match="could not write the HLS project .*: No space left on device"):
            convert.write(graph)
    finally:
        graph.config.config["OutputDir"] = out
    assert list(tmp_path.iterdir()) == []


def test_settings_for_an_unknown_layer_are_refused(network: keras.Model, measured: Ranges, tmp_path: Path) -> None:
    with pytest.raises(AccelError, match=r"layers\.cnov: the model has no such layer; did you mean conv"):
        convert.convert(network, Design(layers={"cnov": LayerDesign(reuse=2)}), measured, tmp_path / "project")


def test_settings_of_a_folded_layer_are_refused_as_such(network: keras.Model, tmp_path: Path) -> None:
    with pytest.raises(AccelError, match=r"layers\.bn: hls4ml folded this layer"):
        convert.convert(
            network,
            Design(layers={"bn": LayerDesign(precision={"scale": "fixed<8,2>"})}),
            None,
            tmp_path,
        )


@pytest.mark.parametrize("ends", [True, False], ids=["last", "inside"])
@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("Conv1D", {"filters": 4, "kernel_size": 2}),
        ("Dense", {"units": 4}),
        ("DepthwiseConv1D", {"kernel_size": 2}),
        ("BatchNormalization", {}),
    ],
)
def test_nothing_is_folded_into_a_layer_that_is_an_output(
    kind: str, arguments: dict[str, int], ends: bool, tmp_path: Path
) -> None:
    import keras

    x = keras.Input((5, 3), name="x")
    first = getattr(keras.layers, kind)(**arguments, name="first")(x)
    last = keras.layers.BatchNormalization(name="bn")(first)
    model = keras.Model(x, [first, last if ends else keras.layers.ReLU(name="relu")(last)])
    rng = np.random.default_rng(3)
    for weight in model.weights:
        weight.assign(rng.uniform(0.5, 1, weight.shape))
    values = rng.uniform(-1, 1, (8, 5, 3)).astype(np.float32)
    network = rewrite(model)
    faults.check(network, "io_stream")
    graph = lower(convert.convert(network, Design(), ranges.measure(network, values), tmp_path / "hls"))
    made = golden.trace(graph, from_float(values, graph.inputs[0].type))
    for tensor, due in zip(graph.outputs, model(values), strict=True):
        np.testing.assert_allclose(to_float(made[tensor.name], tensor.type), due, atol=2e-3)


def test_types_of_two_layers_never_have_one_name_in_cpp(tmp_path: Path) -> None:
    import keras

    layers = [keras.Input((4, 3), name="x"), keras.layers.GRU(4, name="gru")]
    layers += [keras.layers.Dense(4, name="gru_recurrent"), keras.layers.Activation("softmax", name="a")]
    layers += [keras.layers.Activation("tanh", name="a_exp")]
    design = Design(precision="fixed<12,4>")
    converted = convert.convert(keras.Sequential(layers), design, None, tmp_path / "hls")
    lines = (convert.write(converted) / "firmware" / "defines.h").read_text().splitlines()
    names = [line.split()[-1].rstrip(";") for line in lines if line.startswith("typedef")]
    assert len(names) > 15 and len(set(names)) == len(names)


@pytest.mark.parametrize(("reason", "told"), [("only axis 2", "only axis 2"), ("", "AssertionError, without a word")])
def test_what_hls4ml_raises_names_the_layer_it_was_at(reason: str, told: str) -> None:
    def handler(keras_layer: dict[str, str]) -> None:
        raise AssertionError(reason)

    with (
        pytest.raises(AccelError, match=f"^hls4ml cannot convert this model: layer 'norm': {told}$"),
        convert._captured(),
    ):
        handler({"name": "clone_norm"})
