"""GRU and LSTM on integers against hls4ml's C simulation: two chains of layers, every layer's raw output."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from accel.fixed import Fixed, requantise, to_float
from accel.ir import golden, golden_recurrent
from accel.ir.golden_recurrent import gate_table
from accel.ir.graph import Gru, Lstm, Table
from accel.ir.lower import lower
from tests.rtl import random_graphs
from tests.rtl.random_recurrent import recurrent

STEPS, FEATURES, FRAMES = 5, 3, 40


@dataclass(frozen=True)
class Layer:
    """One recurrent layer of a chain, with all its types."""

    kind: str
    units: int
    weight: str
    accum: str
    result: str
    table: str
    table_size: int
    reuse: int = 1


# Accumulators wider and narrower than the product (the narrow ones wrap), all kinds of rounding of the state.
LATENCY = (
    Layer("GRU", 4, "fixed<8,2>", "fixed<16,8>", "fixed<12,3>", "fixed<18,8>", 1024),
    Layer("LSTM", 6, "fixed<10,2>", "fixed<20,8>", "fixed<14,3,RND,SAT>", "fixed<10,2>", 512),
    Layer("GRU", 5, "fixed<6,1>", "fixed<30,10>", "fixed<9,2,RND_CONV,SAT_SYM>", "fixed<14,2,RND>", 2048),
    Layer("LSTM", 3, "fixed<7,1>", "fixed<9,3>", "fixed<16,6>", "fixed<18,8>", 256),
    Layer("GRU", 2, "fixed<12,4>", "fixed<8,3>", "fixed<10,2,TRN_ZERO,SAT>", "fixed<12,1>", 1024),
)
RESOURCE = (
    Layer("LSTM", 4, "fixed<9,2>", "fixed<36,16>", "fixed<18,4>", "fixed<18,8>", 1024, 1),
    Layer("GRU", 8, "fixed<10,2>", "fixed<14,6>", "fixed<13,2,RND_ZERO,WRAP>", "fixed<18,2,RND,SAT>", 1024, 4),
    Layer("LSTM", 8, "fixed<8,1>", "fixed<10,4>", "fixed<8,1>", "fixed<9,1>", 1024, 24),
    Layer("GRU", 4, "fixed<8,2>", "fixed<22,10>", "fixed<16,6>", "fixed<18,8>", 1000, 32),
)
INPUT = Fixed.parse("fixed<12,4>")


def _keras_model(chain: tuple[Layer, ...], rng: np.random.Generator):
    import keras

    tensor = source = keras.Input((STEPS, FEATURES))
    for index, layer in enumerate(chain):
        made = getattr(keras.layers, layer.kind)(
            layer.units, return_sequences=index + 1 < len(chain), name=f"layer{index}"
        )
        tensor = made(tensor)
        type_ = Fixed.parse(layer.weight)
        made.set_weights(
            [to_float(rng.integers(type_.lo, type_.hi, w.shape, endpoint=True), type_) for w in made.get_weights()]
        )
    return keras.Model(source, tensor)


def _make_lstm_compile(header: Path) -> None:
    """hls4ml instantiates lstm() beside lstm_static(), though never calls it; it names types that must
    agree by chance.
    """
    text, accum = header.read_text(), "typename CONFIG_T::accum_t"
    for operand, config in (
        ("data_T", "typename CONFIG_T::mult_config1"),
        ("res_T", "typename CONFIG_T::mult_config2"),
    ):
        wrong = f"dense<data_T, res_T, {config}>"
        assert wrong in text
        text = text.replace(wrong, f"dense<{operand}, {accum}, {config}>")
    header.write_text(text)


def _hls_model(chain: tuple[Layer, ...], strategy: str, folder: Path):
    import hls4ml

    model = _keras_model(chain, np.random.default_rng(7))
    config = hls4ml.utils.config_from_keras_model(
        model, granularity="name", backend="Vitis", default_precision=str(INPUT)
    )
    config["Model"]["Strategy"] = strategy
    for index, layer in enumerate(chain):
        weights = dict.fromkeys(("weight", "bias", "recurrent_weight", "recurrent_bias"), layer.weight)
        config["LayerName"][f"layer{index}"] |= {
            "Trace": True,
            "Precision": {**weights, "accum": layer.accum, "result": layer.result, "table": layer.table},
            "TableSize": layer.table_size,
            "ReuseFactor": layer.reuse,
        }
    converted = hls4ml.converters.convert_from_keras_model(
        model, hls_config=config, output_dir=str(folder), project_name="chain", backend="Vitis", io_type="io_stream"
    )
    write = converted.write

    def write_fixed() -> None:
        write()
        _make_lstm_compile(folder / "firmware" / "nnet_utils" / "nnet_recurrent.h")

    converted.write = write_fixed
    return converted


@pytest.mark.parametrize(
    ("strategy", "chain"), [("Latency", LATENCY), ("Resource", RESOURCE)], ids=["latency", "resource"]
)
def test_equals_csim(strategy: str, chain: tuple[Layer, ...], tmp_path):
    model = _hls_model(chain, strategy, tmp_path)
    x = np.random.default_rng(3).integers(INPUT.lo, INPUT.hi, (FRAMES, STEPS, FEATURES), endpoint=True)
    x[: FRAMES // 2] >>= 3  # half of the frames away from saturation
    _, csim = model.trace(to_float(x, INPUT))
    graph = lower(model)
    ours = golden.trace(graph, x)
    assert len(graph.nodes) == len(chain)
    for node in graph.nodes:
        expected = csim[node.name].reshape(ours[node.name].shape)
        np.testing.assert_array_equal(to_float(ours[node.name], node.output.type), expected, err_msg=node.name)
        assert np.ptp(ours[node.name], axis=(0, 1)).min() > 8, f"{node.name} hardly moves: nothing is shown"


@pytest.mark.parametrize("accum", ["fixed<36,16>", "fixed<16,12>", "fixed<10,1>"])
def test_gate_table_holds_the_cast_entries_in_as_few_bits_as_will_do(accum: str):
    type_, accum_type = Fixed.parse("fixed<18,8>"), Fixed.parse(accum)
    table = Table("tanh", np.array([-1024, -3, 0, 7, 1023, 1024]), type_, 64.0, 512)
    narrow = gate_table(table, accum_type)
    cast = requantise(table.entries, type_.fraction, accum_type)
    np.testing.assert_array_equal(requantise(narrow.entries, narrow.type.fraction, accum_type), cast)
    bounds = narrow.entries.min(), narrow.entries.max()
    assert narrow.type.lo <= bounds[0] and bounds[1] <= narrow.type.hi
    assert 2 * bounds[0] < narrow.type.lo or 2 * bounds[1] > narrow.type.hi


@pytest.mark.parametrize("kind", [Gru, Lstm])
@pytest.mark.parametrize(
    "types", [{}, {"acc": "fixed<12,8,RND_CONV>", "y": "fixed<8,1,RND,SAT>"}, {"y": "fixed<20,2>"}]
)
def test_compiled_steps_are_those_on_python_integers(kind, types, monkeypatch):
    graph = recurrent(kind, 5, 1, steps=6, sequences=True, **types)
    x = random_graphs.frames(np.random.default_rng(7), graph, 9)
    made = golden.predict(graph, x)
    monkeypatch.setattr(golden_recurrent._Step, "_narrow", lambda self: False)
    np.testing.assert_array_equal(made, golden.predict(graph, x))
