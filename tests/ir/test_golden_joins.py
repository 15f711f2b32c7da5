"""The integer model of merges and concatenations, against their definition on exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from accel import rows
from accel.fixed import Fixed, requantise
from accel.ir import golden
from accel.ir.graph import Concatenate, Merge, Operation, Tensor, chain
from accel.ir.memory import Memory
from tests.rtl.random_graphs import raw

EXACT = {
    Operation.ADD: lambda a, b: a + b,
    Operation.SUBTRACT: lambda a, b: a - b,
    Operation.MULTIPLY: lambda a, b: a * b,
    Operation.AVERAGE: lambda a, b: (a + b) / 2,
    Operation.MAXIMUM: max,
    Operation.MINIMUM: min,
}
TYPES = [
    ("fixed<8,3>", "fixed<6,4>", "fixed<7,3,RND_CONV,SAT>"),
    ("ufixed<5,9>", "fixed<6,-2>", "fixed<9,4,TRN_ZERO,SAT_SYM>"),
    ("fixed<60,3>", "fixed<40,39>", "ufixed<30,20,RND_INF>"),
]


@pytest.mark.parametrize("types", TYPES, ids=str)
@pytest.mark.parametrize("operation", Operation)
def test_merge(operation, types):
    first, second, result = map(Fixed.parse, types)
    shapes = (2, 1, 3), (4, 1)
    tensors = [Tensor(shape, type_) for shape, type_ in zip(shapes, (first, second), strict=True)]
    node = Merge("merge", tensors[0], Tensor((2, 4, 3), result), (tensors[1],), operation)
    rng = np.random.default_rng(5)
    a, b = (raw(rng, (7, *tensor.shape), tensor.type) for tensor in tensors)
    made = golden.evaluate(node, a, b)
    exact = np.frompyfunc(
        lambda x, y: (
            EXACT[operation](
                Fraction(int(x)) / Fraction(2) ** first.fraction, Fraction(int(y)) / Fraction(2) ** second.fraction
            )
            * 2**200
        ),
        2,
        1,
    )(a, b[:, None])
    wanted = requantise(np.frompyfunc(int, 1, 1)(exact), 200, result)
    np.testing.assert_array_equal(made, wanted)


def test_concatenation_casts_each_input():
    tensors = Tensor((2, 3), Fixed.parse("fixed<9,3>")), Tensor((2, 5), Fixed.parse("ufixed<4,4>"))
    node = Concatenate("both", tensors[0], Tensor((2, 8), Fixed.parse("fixed<6,4,RND,SAT>")), (tensors[1],), 1)
    a, b = (raw(np.random.default_rng(2), (4, *tensor.shape), tensor.type) for tensor in tensors)
    made = golden.evaluate(node, a, b)
    np.testing.assert_array_equal(made[..., :3], requantise(a, 6, node.output.type))
    np.testing.assert_array_equal(made[..., 3:], np.minimum(b * 4, 31))


def test_a_row_holds_all_inputs():
    tensors = Tensor((2, 3), Fixed.parse("fixed<9,3>")), Tensor((1, 3), Fixed.parse("fixed<4,4>"))
    graph = chain("dut", Merge("sum", tensors[0], Tensor((2, 3), Fixed(20, 10)), (tensors[1],), Operation.ADD))
    a, b = (raw(np.random.default_rng(2), (4, *tensor.shape), tensor.type) for tensor in tensors)
    row = np.concatenate([a.reshape(4, 6), b.reshape(4, 3)], axis=1)
    wanted = a * 2**4 + b * 2**10
    np.testing.assert_array_equal(golden.predict(graph, row), wanted)
    memory = Memory(rows.to_float(row, graph.inputs))
    np.testing.assert_array_equal(memory.predict(graph), wanted)
