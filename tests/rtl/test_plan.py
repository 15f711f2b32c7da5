"""What a plan refuses for the whole network, where each layer alone is good."""

from __future__ import annotations

import numpy as np
import pytest

from accel.errors import AccelError
from accel.fixed import Fixed
from accel.ir.graph import Cast, Dense, Graph, Tensor
from accel.rtl.plan import plan
from tests.rtl.random_graphs import affine

VALUES = Tensor((4,), Fixed(8, 4))


def network(first: str, second: str) -> Graph:
    """A dense layer with weights in a memory, and a cast."""
    product = affine(np.random.default_rng(1), 4, 4, "fixed<8,2>", "fixed<8,2>", "fixed<20,8>")
    return Graph("dut", VALUES, (Dense(first, VALUES, VALUES, product, 4), Cast(second, VALUES, VALUES, relu=False)))


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("a", "a_fifo", "a_fifo"),
        ("a", "a", "a"),
        ("axis_in", "b", "axis_in"),
        ("a", "axis_out", "axis_out"),
        ("a", "trace_a", "trace_a"),
    ],
)
def test_layers_whose_modules_would_have_one_name_are_refused(first, second, shared):
    with pytest.raises(AccelError, match=f"what is called '{shared}' in its RTL is (that of layer|the top)"):
        plan(network(first, second))


def test_other_names_are_free():
    assert plan(network("fifo_a", "a_fif")).latency > 0
