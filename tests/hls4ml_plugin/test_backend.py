from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import accel
from accel.errors import AccelError
from accel.hls.precision import from_hls

if TYPE_CHECKING:
    import keras
    from hls4ml.model.graph import ModelGraph

SCRIPT = """
import sys
import hls4ml
assert "accel" in hls4ml.backends.get_available_backends()
assert "cocotb" not in sys.modules and "tensorflow" not in sys.modules
"""


def test_hls4ml_loads_the_plugin_without_heavy_imports() -> None:
    root = Path(accel.__file__).resolve().parents[1]
    variables = os.environ | {"HLS4ML_BACKEND_PLUGINS": "accel.hls4ml_plugin", "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=variables, cwd=root, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


def tiny(**recurrent: bool) -> keras.Model:
    import keras

    keras.utils.set_random_seed(3)
    inputs = keras.Input((4, 2))
    if recurrent:
        return keras.Model(inputs, keras.layers.GRU(3, **recurrent)(inputs))
    return keras.Model(inputs, keras.layers.Dense(3)(keras.layers.Flatten()(inputs)))


def converted(model: keras.Model, folder: Path, part: str = "xc7z020clg400-1") -> ModelGraph:
    import hls4ml

    return hls4ml.converters.convert_from_keras_model(
        model, backend="Accel", io_type="io_stream", output_dir=str(folder), part=part
    )


def test_a_strategy_of_other_backends_is_refused(tmp_path: Path) -> None:
    import hls4ml

    settings = {"Model": {"Precision": "fixed<16,6>", "ReuseFactor": 2, "Strategy": "ResourceUnrolled"}}
    with pytest.raises(AccelError, match=r"\(Dense\): strategy resource_unrolled, .* expected Latency or Resource"):
        hls4ml.converters.convert_from_keras_model(
            tiny(), backend="Accel", io_type="io_stream", output_dir=str(tmp_path), hls_config=settings
        )


def test_predict_is_the_c_simulation(tmp_path: Path) -> None:
    model = tiny()
    graph = converted(model, tmp_path / "one")
    x = np.random.default_rng(0).uniform(-1, 1, (5, 4, 2)).astype(np.float32)
    assert np.abs(graph.predict(x) - model.predict(x, verbose=0)).max() < 0.05
    config = (tmp_path / "one" / "hls4ml_config.yml").read_text()
    assert "Part: xc7z020clg400-1" in config
    assert str(tmp_path) not in config


def test_the_library_is_named_after_the_network(tmp_path: Path) -> None:
    model = tiny()
    stamps = []
    for folder in ("one", "two", "three"):
        graph = converted(model, tmp_path / folder)
        graph.write()
        stamps.append(graph.config.config["Stamp"])
        if folder == "two":
            model.layers[-1].bias.assign([1.0, 0, 0])
    assert stamps[0] == stamps[1] != stamps[2]
    assert stamps[0] in (tmp_path / "one" / "build_lib.sh").read_text()


def test_rtl_and_report_come_from_the_flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accel.flow.plugin.simulate_rtl", lambda graph, x: ("rtl", graph, x))
    monkeypatch.setattr("accel.flow.plugin.build_report", lambda graph: {"of": graph})
    graph = converted(tiny(), tmp_path / "project")
    x = np.zeros((1, 4, 2), np.float32)
    assert graph.predict(x, sim="rtl") == ("rtl", graph, x)
    assert graph.build() == {"of": graph}


def test_a_softmax_of_hls4mls_own_types_is_the_same_in_rtl(tmp_path: Path) -> None:
    """With hls4ml's default configuration, as the README has it."""
    import keras

    keras.utils.set_random_seed(4)
    inputs = keras.Input((6,))
    graph = converted(keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(inputs)), tmp_path / "project")
    x = np.random.default_rng(0).uniform(-1, 1, (20, 6)).astype(np.float32)
    outputs = graph.predict(x)
    assert np.array_equal(graph.predict(x, sim="rtl"), outputs) and len(np.unique(outputs)) > 20


def test_a_reuse_factor_that_hls4ml_has_no_class_for(tmp_path: Path) -> None:
    """More cycles than a convolution has inputs, and no multiple of them."""
    import hls4ml
    import keras

    keras.utils.set_random_seed(3)
    inputs = keras.Input((2, 2, 3))
    model = keras.Model(inputs, keras.layers.Conv2D(8, 1, name="conv")(inputs))
    whole = {"Precision": "fixed<16,6>", "ReuseFactor": 1, "Strategy": "Resource"}
    settings = {"Model": whole, "LayerName": {"conv": {"ReuseFactor": 4}}}
    graph = hls4ml.converters.convert_from_keras_model(
        model, backend="Accel", io_type="io_stream", output_dir=str(tmp_path / "project"), hls_config=settings
    )
    x = np.random.default_rng(0).uniform(-1, 1, (4, 2, 2, 3)).astype(np.float32)
    made = graph.predict(x).reshape(4, 2, 2, 8)
    assert "DenseResource_rf_gt_nin<" in (tmp_path / "project" / "firmware" / "parameters.h").read_text()
    assert np.abs(made - model.predict(x, verbose=0)).max() < 0.05
    assert np.array_equal(graph.predict(x, sim="rtl"), made)


def test_another_simulation_is_refused(tmp_path: Path) -> None:
    graph = converted(tiny(), tmp_path / "project")
    with pytest.raises(AccelError, match="sim='vcs': expected 'csim' .* or 'rtl'"):
        graph.predict(np.zeros((1, 4, 2), np.float32), sim="vcs")


@pytest.mark.parametrize("part", ["abc", 'xc7z020"; exec touch ran; #'])
def test_a_part_is_judged_as_on_the_command_line(part: str, tmp_path: Path) -> None:
    with pytest.raises(AccelError, match="expected a (board or a name that begins with a known )?device"):
        converted(tiny(), tmp_path / "project", part)


def test_known_faults_are_refused_in_any_script(tmp_path: Path) -> None:
    with pytest.raises(AccelError, match="go_backwards=True"):
        converted(tiny(go_backwards=True), tmp_path / "project")


def test_a_normalisation_is_refused_where_it_is_folded_wrongly(tmp_path: Path) -> None:
    import hls4ml
    import keras

    keras.utils.set_random_seed(3)
    layers = [keras.layers.DepthwiseConv1D(2), keras.layers.BatchNormalization(name="norm")]
    model = keras.Sequential([keras.Input((4, 2)), *layers])
    layers[1].set_weights(np.array([[2.0, 0.5], [0.25, -0.5], [0.0, 0.0], [1.0, 1.0]]))
    x = np.random.default_rng(0).uniform(-1, 1, (5, 4, 2)).astype(np.float32)
    typed = converted(model, tmp_path / "typed")
    assert "norm" in typed.graph and np.abs(typed.predict(x) - model.predict(x, verbose=0).reshape(5, -1)).max() < 0.05
    free = hls4ml.utils.config_from_keras_model(model, granularity="name", backend="Accel")
    with pytest.raises(AccelError, match="followed by layer 'norm' .*, which hls4ml folds into it wrongly"):
        hls4ml.converters.convert_from_keras_model(
            model, backend="Accel", io_type="io_stream", output_dir=str(tmp_path / "free"), hls_config=free
        )


def test_input_data_chooses_the_types(tmp_path: Path) -> None:
    import hls4ml

    model = tiny()
    x = np.random.default_rng(1).normal(300, 5, (40, 4, 2)).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    config = hls4ml.utils.config_from_keras_model(model, granularity="name", backend="Accel")
    first, *_, last = config["LayerName"]
    config["LayerName"][last]["Precision"]["result"] = "fixed<20,12>"
    settings = {
        "hls_config": config,
        "backend": "Accel",
        "io_type": "io_stream",
        "input_data_tb": str(tmp_path / "x.npy"),
    }
    graph = hls4ml.converters.convert_from_keras_model(model, output_dir=str(tmp_path / "hls"), **settings)
    types = [str(from_hls(graph.graph[name].get_output_variable().type.precision)) for name in (first, last)]
    assert types == ["ufixed<16,9,RND,SAT>", "fixed<20,12>"]
    graph.compile()
    assert np.abs(graph.predict(x) - model.predict(x, verbose=0)).max() < 0.5
    assert np.array_equal(graph.predict(x), graph.predict(x, sim="rtl"))
