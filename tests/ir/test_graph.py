"""A graph is checked when it is made, and its tensors are known by their names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accel.fixed import Fixed
from accel.ir.graph import Cast, Graph, Merge, Operation, Tensor, chain

BYTE, WIDE = Fixed(8, 4), Fixed(12, 6)
GIVEN = Tensor((3,), BYTE, "given")


def cast(name: str, source: Tensor) -> Cast:
    return Cast(name, source, Tensor((3,), WIDE, name), relu=False)


def add(name: str, first: Tensor, second: Tensor) -> Merge:
    return Merge(name, first, Tensor((3,), WIDE, name), (second,), Operation.ADD)


def test_a_tensor_may_be_read_more_than_once():
    first = cast("first", GIVEN)
    both = add("both", GIVEN, first.output)
    graph = Graph("dut", (GIVEN,), (first, both, add("twice", both.output, both.output)), (both.output, first.output))
    assert [tensor.name for tensor in graph.tensors] == ["given", "first", "both", "twice"]


@pytest.mark.parametrize(
    ("nodes", "outputs", "told"),
    [
        ([cast("b", cast("a", GIVEN).output)], [], "'b' reads .*name='a'.*, which nothing before it makes"),
        ([cast("a", replace(GIVEN, type=WIDE))], [], "'a' reads .*, which nothing before it makes"),
        ([cast("a", GIVEN), cast("a", GIVEN)], [], "'a' makes a tensor called 'a'; expected its own new name"),
        ([cast("given", GIVEN)], [], "'given' makes a tensor called 'given'"),
        ([replace(cast("a", GIVEN), name="b")], [], "'b' makes a tensor called 'a'"),
        ([cast("a", GIVEN)], [cast("b", GIVEN).output], "network 'dut' gives .*name='b'.*, which nothing makes"),
    ],
)
def test_what_is_no_graph_is_refused(nodes, outputs, told):
    with pytest.raises(ValueError, match=told):
        Graph("dut", (GIVEN,), tuple(nodes), tuple(outputs))


def test_inputs_have_names_of_their_own():
    with pytest.raises(ValueError, match="two inputs of network 'dut' have one name"):
        Graph("dut", (GIVEN, GIVEN), (), ())


def test_chain_names_what_is_between():
    graph = chain("dut", add("sum", Tensor((3,), BYTE), Tensor((3,), WIDE)), cast("end", Tensor((3,), WIDE)))
    assert [tensor.name for tensor in graph.inputs] == ["input", "input_2"]
    assert [node.input.name for node in graph.nodes] == ["input", "sum"]
    assert graph.output == Tensor((3,), WIDE, "end")
