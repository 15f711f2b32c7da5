"""Every kind of layer as C++ against the integer model, over all roundings, overflows and extremes of types."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from accel.bare import project
from accel.errors import AccelError
from accel.fixed import Fixed, Overflow, Rounding
from accel.ir import golden, tables
from accel.ir.graph import (
    Cast,
    Concatenate,
    Graph,
    Gru,
    Lookup,
    Lstm,
    Merge,
    Operation,
    Reshape,
    Tensor,
    chain,
)
from tests.bare.together import together
from tests.rtl import random_graphs as make
from tests.rtl import test_joins, test_top
from tests.rtl.random_recurrent import recurrent
from tests.rtl.test_layers import CASES as STREAMED

RNG = np.random.default_rng(11)
FRAMES = 5
SIZES = ("fixed<6,3", "ufixed<6,2", "fixed<9,7", "fixed<1,1", "fixed<12,4", "ufixed<3,-7", "fixed<4,12")
MODES = [f"{r.value},{o.value}>" for r, o in product(Rounding, Overflow)]
PAIRS = list(product(Rounding, Overflow))


def lookup(function: str, x: str, y: str, table: str = "fixed<18,8>", size: int = 1024) -> Graph:
    entries = tables.FUNCTIONS[function](size, Fixed.parse(table))
    return make.single(Lookup("look", Tensor((3, 4), Fixed.parse(x)), Tensor((3, 4), Fixed.parse(y)), entries))


def casts() -> dict[str, Graph]:
    """All values of a type of 8 bits, to types of all kinds."""
    sources = ("fixed<8,4>", "ufixed<8,4>")
    found = {}
    for k, (source, size, mode) in enumerate(product(sources, SIZES, MODES)):
        found[f"cast{k}"] = make.cast((256,), source, f"{size},{mode}", relu=k % 5 == 0)
    return found


def affines() -> dict[str, Graph]:
    """Dense layers and convolutions whose accumulators round, and whose results do, in every way."""
    found = {}
    for rounding, overflow in PAIRS:
        acc, y = f"fixed<12,8,{rounding.value}>", f"fixed<7,3,{rounding.value},{overflow.value}>"
        found[f"dense_{rounding.value}_{overflow.value}"] = make.dense(RNG, 5, 3, 1, acc=acc, y=y)
    found |= {
        "dense_space": make.single(dense_space()),
        "dense_unsigned": make.dense(RNG, 7, 3, 1, x="ufixed<8,1>", w="ufixed<8,1>", b="ufixed<6,6>", y="ufixed<9,6>"),
        "dense_64": make.dense(
            RNG, 5, 3, 1, x="fixed<40,20>", w="fixed<24,4>", acc="fixed<64,24>", y="fixed<64,40,RND>"
        ),
        "dense_wide": make.dense(RNG, 5, 3, 1, x="fixed<60,20>", w="fixed<54,4>", acc="fixed<64,24,RND_CONV>"),
        "dense_far": make.dense(RNG, 3, 2, 1, x="fixed<9,30>", w="fixed<5,-4>", acc="fixed<50,40>", y="fixed<60,58>"),
    }
    return found


def dense_space():
    """A dense layer over the last of three axes."""
    node = make.dense(RNG, 3, 4, 1).nodes[0]
    kinds = node.input.type, node.output.type
    source, target = (Tensor((2, 3, n), kind) for n, kind in zip((3, 4), kinds, strict=True))
    return type(node)("dense", source, target, node.affine, 1)


def others() -> dict[str, Graph]:
    shapes = (4, 3, 2), (2, 3, 4)
    x, y = Fixed.parse("fixed<9,4>"), Fixed.parse("fixed<6,3,RND,SAT>")
    return {
        "reshape": make.single(Reshape("flat", Tensor((4, 3, 2), x), Tensor((24,), x))),
        "reshape_deep": make.single(Reshape("deep", Tensor((24,), x), Tensor((2, 3, 2, 2), x))),
        "repack": make.single(Cast("cast", Tensor(shapes[0], x), Tensor(shapes[1], y), relu=True)),
        "cast_64": make.cast((9,), "fixed<63,60>", "fixed<64,2,RND_INF,SAT_SYM>", relu=False),
        "cast_shifts_all": make.cast((9,), "fixed<8,4>", "fixed<8,90,RND_INF,SAT>", relu=False),
        "pool_mean_saturates": make.pool((4, 4, 2), (2, 4), (2, 4), "average", acc="fixed<9,4,RND,SAT>"),
        "pool_mean_wide": make.pool((4, 4, 2), (2, 4), (2, 4), "average", x="fixed<62,20>", acc="fixed<64,22>"),
        "pool_overlaps": make.pool((6, 6, 2), (3, 3), (2, 2), "max"),
        "pool_rounds": make.pool((6, 6, 2), (3, 3), (3, 3), "max", acc="fixed<4,3,RND_CONV,SAT_ZERO>"),
        "scale_wide": make.scale(
            RNG, (4, 3), x="fixed<40,9>", s="fixed<30,2>", b="fixed<50,1>", y="fixed<60,4,RND,SAT>"
        ),
        "softmax_one": make.softmax(RNG, 1),
        "softmax_saturates": make.softmax(RNG, 11, 2, accum="ufixed<13,2,RND,SAT>"),
        "softmax_to_zero": make.softmax(RNG, 7, 2, accum="ufixed<13,2,TRN,SAT_ZERO>"),
        "softmax_wraps": make.softmax(RNG, 9, 2, accum="fixed<13,2>", difference="fixed<9,3>", total="fixed<12,3>"),
        "softmax_long": make.softmax(RNG, 4, x="fixed<30,4>", accum="fixed<30,6>", inverse="fixed<40,20>"),
        "sigmoid": lookup("sigmoid", "fixed<12,5>", "ufixed<8,0,RND,SAT>"),
        "tanh_of_coarse": lookup("tanh", "fixed<5,8>", "fixed<9,1,RND_CONV,SAT>", size=512),
        "softplus_of_odd": lookup("softplus", "fixed<16,6>", "fixed<12,5>", size=1000),
        "softsign_of_coarse_odd": lookup("softsign", "fixed<6,9>", "fixed<12,5>", size=1000),
        "sigmoid_index_wraps": lookup("sigmoid", "fixed<40,38>", "fixed<12,5>"),
        "sigmoid_of_60": lookup("sigmoid", "fixed<60,12>", "fixed<12,5>"),
    }


def joins() -> dict[str, Graph]:
    """Branches, several inputs and outputs; merges and concatenations of types of all kinds."""
    found = {"several": test_top.network()} | {f"rtl_{name}": graph for name, graph in test_joins.CASES.items()}
    types = [
        ("fixed<8,3>", "fixed<6,4>", "fixed<7,3,RND_CONV,SAT>"),
        ("ufixed<5,9>", "fixed<6,-2>", "fixed<9,4,TRN_ZERO,SAT_SYM>"),
        ("fixed<60,3>", "fixed<40,39>", "ufixed<30,20,RND_INF>"),
    ]
    for k, (a, b, result) in enumerate([tuple(map(Fixed.parse, own)) for own in types]):
        first, second, sum_ = Tensor((2, 1, 3), a), Tensor((4, 1), b), Tensor((2, 4, 3), result)
        found |= {f"{own.value}{k}": chain("m", Merge("m", first, sum_, (second,), own)) for own in Operation}
        for axis, (shape, whole) in enumerate([((1, 3, 2), (3, 3, 2)), ((2, 4, 2), (2, 7, 2)), ((2, 3, 1), (2, 3, 3))]):
            both = Concatenate("c", Tensor((2, 3, 2), a), Tensor(whole, result), (Tensor(shape, b),), axis)
            found[f"concatenate{axis}_{k}"] = chain("c", both)
    return found


def recurrents() -> dict[str, Graph]:
    found = {}
    for kind in (Gru, Lstm):
        name = kind.__name__.lower()
        found |= {
            name: recurrent(kind, 4, 1),
            f"{name}_sequences": recurrent(kind, 3, 1, sequences=True, y="fixed<9,2,RND_CONV,SAT_SYM>"),
            f"{name}_narrow": recurrent(kind, 3, 1, acc="fixed<8,3>", table="fixed<12,1>"),
            f"{name}_rounds": recurrent(kind, 3, 1, acc="fixed<12,5,RND_INF>", y="fixed<10,2,TRN_ZERO,SAT>", size=1000),
            f"{name}_hard": recurrent(kind, 3, 1, functions=("hard_sigmoid", "tanh")),
            f"{name}_of_keras2": recurrent(kind, 3, 1, functions=("keras2_hard_sigmoid", "tanh"), size=1000),
            f"{name}_wide": recurrent(
                kind, 3, 1, x="fixed<30,8>", w="fixed<28,2>", acc="fixed<62,20>", y="fixed<40,8>"
            ),
        }
    return found


FAMILIES = {
    "streamed": {f"rtl_{name}": graph for name, graph in STREAMED.items()},
    "casts": casts(),
    "affines": affines(),
    "others": others(),
    "joins": joins(),
    "recurrents": recurrents(),
}
GRAPHS = {name: graph for family in FAMILIES.values() for name, graph in family.items()}


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """What C++ and integer model give, by network."""
    built = together(GRAPHS, tmp_path_factory.mktemp("bare"))
    frames = {name: frames_of(name, graph) for name, graph in GRAPHS.items()}
    made = built.outputs(frames)
    return {name: (made[name], golden.predict(graph, frames[name])) for name, graph in GRAPHS.items()}


def frames_of(name: str, graph: Graph) -> np.ndarray:
    first = graph.inputs[0].type
    if graph.inputs[0].shape == (256,):
        return np.arange(first.lo, first.hi + 1)[None]
    frames = make.frames(RNG, graph, FRAMES)
    frames[2] = np.where(RNG.integers(2, size=frames[2].shape), frames[0], frames[1])
    return frames


@pytest.mark.parametrize("family", FAMILIES)
def test_integers_are_the_integer_models(compared, family):
    pairs = {name: compared[name] for name in FAMILIES[family]}
    wrong = {
        name: np.argwhere(made != expected)[0] for name, (made, expected) in pairs.items() if (made != expected).any()
    }
    assert not wrong


def test_every_network_says_something(compared):
    assert len(GRAPHS) == sum(map(len, FAMILIES.values()))
    silent = [name for name, (_, expected) in compared.items() if not np.any(expected) and not name.startswith("cast")]
    assert not silent


def test_what_takes_more_than_128_bits_is_refused():
    graph = make.cast((4,), "fixed<60,4>", "fixed<60,-90,RND,SAT>", relu=False)
    with pytest.raises(AccelError, match=r"layer 'cast': integers of 1\d\d bits; plain C\+\+ has at most 126"):
        project.generate(graph, "far")


def test_an_accumulator_that_saturates_is_refused():
    with pytest.raises(AccelError, match=r"layer 'dense': accumulator fixed<20,9,TRN,SAT>; expected one that wraps"):
        project.generate(make.dense(RNG, 3, 2, 1, acc="fixed<20,9,TRN,SAT>"), "held")


def test_gates_say_which_function_they_have():
    text = project.generate(GRAPHS["lstm_of_keras2"], "old")["layer1_lstm.cpp"]
    assert "// keras2_hard_sigmoid(x) = x / 5 + 0.5, but at least 0 and at most 1." in text
    assert "f = table_keras2_hard_sigmoid(" in text and "_sigmoid(x) = 1 /" not in text
    with pytest.raises(AccelError, match=r"activations relu and tanh; expected sigmoid or hard_sigmoid or keras2_hard"):
        project.generate(recurrent(Gru, 3, 1, functions=("relu", "tanh")), "other")


def test_the_same_graph_gives_the_same_text():
    assert project.generate(GRAPHS["gru"], "gru") == project.generate(GRAPHS["gru"], "gru")


def test_128_bits_are_taken_only_where_64_are_not_enough():
    narrow, wide = (project.generate(GRAPHS[name], name)["network.h"] for name in ("dense_unsigned", "dense_wide"))
    assert "using integer = std::int64_t;" in narrow and "__int128" not in narrow
    assert "// 64 bits are not enough for dense.\n__extension__ typedef __int128 integer;" in wide


def test_a_limit_that_is_never_reached_is_not_written():
    fits, leaves = (project.generate(make.dense(RNG, 3, 2, 1, acc=acc), "d") for acc in ("fixed<20,9>", "fixed<9,4>"))
    assert "which it never leaves" in fits["layer1_dense.cpp"] and "wrap(sum, 20)" not in fits["layer1_dense.cpp"]
    assert "wrap(sum, 9)" in leaves["layer1_dense.cpp"]
