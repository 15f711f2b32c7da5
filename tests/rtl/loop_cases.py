"""The loops of GRU and LSTM in the shapes that their control tells apart, each behind its input product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from accel.ir import golden
from accel.ir.arithmetic import accumulate
from accel.ir.graph import Gru, Lstm, Recurrent
from accel.rtl.layers.recurrent import input_affine, rounds
from accel.rtl.plan import plan
from tests.rtl import random_graphs as make
from tests.rtl.random_recurrent import recurrent
from tests.rtl.stream_bench import Case

FRAMES = 12


def loop(kind: type[Recurrent], units: int, reuse: int, pairs: bool = False, cut: bool = False, **options) -> Case:
    """``acc_gru`` or ``acc_lstm`` behind its input product; its tables hold random entries."""
    graph = recurrent(kind, units, reuse, steps=3, table="fixed<10,2>", **options)
    node = replace(graph.nodes[0], cut=True) if cut else graph.nodes[0]
    drawn = [
        table and replace(table, entries=make.raw(np.random.default_rng(size), table.entries.shape, table.type))
        for size, table in enumerate((node.gate, node.activation))
    ]
    graph = make.single(replace(node, gate=drawn[0], activation=drawn[1]))
    graph = make.paired(graph) if pairs else graph
    x = make.frames(np.random.default_rng(11), graph, FRAMES)
    node, instance = graph.nodes[0], plan(graph).instances[-1]
    sums = accumulate(x, node.input.type, input_affine(node)).reshape(FRAMES, -1, rounds(node).parallel)
    expected = golden.predict(graph, x).reshape(FRAMES, instance.output.beats, -1)
    return Case(instance, sums, node.kernel.accum.width, expected)


def shapes() -> Iterator[tuple[str, Case]]:
    """Rounds of one cycle or several, of whole units or parts of them, one after another or with pauses."""
    yield "acc_gru-at_once", loop(Gru, 3, 1)
    yield "acc_gru-fold", loop(Gru, 6, 2, sequences=True)
    yield "acc_gru-rounds", loop(Gru, 6, 12, sequences=True, size=64)
    yield "acc_gru-between", loop(Gru, 4, 4, size=64)
    yield "acc_gru-one_by_one", loop(Gru, 8, 8, sequences=True, size=64)
    yield "acc_gru-beside", loop(Gru, 4, 6, sequences=True)
    yield "acc_gru-pairs", loop(Gru, 6, 27, size=64)
    yield "acc_gru-deep", loop(Gru, 6, 108, size=64)
    yield "acc_gru-two_in_one", loop(Gru, 4, 6, pairs=True, sequences=True, y="fixed<8,1>", w="fixed<5,2>")
    yield "acc_gru-deep_two_in_one", loop(Gru, 12, 72, pairs=True, size=64, y="fixed<8,1>", w="fixed<5,2>")
    yield "acc_gru-cut", loop(Gru, 2, 12, cut=True, acc="fixed<28,10>", size=64)
    yield "acc_gru-relu", loop(Gru, 2, 2, functions=("relu", "relu"), sequences=True)
    yield "acc_gru-sigmoid", loop(Gru, 2, 1, functions=("relu", "sigmoid"), size=64)
    yield "acc_gru-largest", loop(Gru, 2, 12, acc="fixed<9,5>", size=64)
    yield "acc_lstm-at_once", loop(Lstm, 3, 1)
    yield "acc_lstm-fold", loop(Lstm, 4, 2, sequences=True)
    yield "acc_lstm-rounds", loop(Lstm, 6, 24, sequences=True, size=64, y="fixed<12,3,RND,SAT>")
    yield "acc_lstm-between", loop(Lstm, 4, 8, sequences=True, size=64)
    yield "acc_lstm-one_by_one", loop(Lstm, 8, 8, sequences=True, size=64)
    yield "acc_lstm-beside", loop(Lstm, 3, 4, sequences=True)
    yield "acc_lstm-two_in_one", loop(Lstm, 3, 4, pairs=True, sequences=True, y="fixed<9,1>", w="fixed<4,1>")
    yield "acc_lstm-relu", loop(Lstm, 2, 2, functions=("relu", "relu"), acc="fixed<18,8,RND_CONV>", y="fixed<16,4>")
    yield "acc_lstm-relu_of_cell", loop(Lstm, 2, 2, functions=("tanh", "relu"), acc="fixed<12,6,RND>", y="fixed<14,3>")
    yield "acc_lstm-largest", loop(Lstm, 3, 36, size=64)
