"""``acc_blend`` at the ends of its operands, where the sum is longest."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from accel.fixed import Fixed, requantise
from tests.rtl.simulate import simulate

WIDTH = 5
OUTS = (
    "fixed<12,4,RND,SAT>",
    "fixed<6,2,RND>",
    "fixed<6,7,RND>",
    "fixed<6,8,RND>",
    "fixed<6,10,RND_ZERO>",
    "fixed<6,12,RND>",
)


def bench(out: Fixed) -> str:
    """All products of the ends of four operands, a cycle each."""
    return f"""module tb (input clk);
  integer t = 0;
  wire [{4 * WIDTH - 1}:0] ends;
  wire [{out.width - 1}:0] out;
  for (genvar k = 0; k < 4; k++) assign ends[{WIDTH} * k +: {WIDTH}] = {{!t[k], {{{WIDTH - 1}{{t[k]}}}}}};
  acc_blend #(.AWidth({WIDTH}), .AGateWidth({WIDTH}), .BWidth({WIDTH}), .BGateWidth({WIDTH}), .AFraction(8),
    .BFraction(8), .OutWidth({out.width}), .OutFraction({out.fraction}), .OutRounding({out.rounding.code}),
    .OutOverflow({out.overflow.code})) dut (.clk_i(clk), .en_i(1'b1), .a_i(ends[0 +: {WIDTH}]),
    .gate_a_i(ends[{WIDTH} +: {WIDTH}]), .b_i(ends[{2 * WIDTH} +: {WIDTH}]), .gate_b_i(ends[{3 * WIDTH} +: {WIDTH}]),
    .out_o(out));
  always @(posedge clk) begin
    if (t > 0) $display("%0d", $signed(out));
    t <= t + 1;
    if (t == 16) $finish;
  end
endmodule
"""


@pytest.mark.parametrize("out", OUTS)
def test_products_of_extremes_add_up(out: str, fast_simulator: str, tmp_path: Path):
    to = Fixed.parse(out)
    lo, hi = -(2 ** (WIDTH - 1)), 2 ** (WIDTH - 1) - 1
    operands = np.array([ends[::-1] for ends in product((lo, hi), repeat=4)])
    sums = operands[:, 0] * operands[:, 1] + operands[:, 2] * operands[:, 3]
    lines = simulate(fast_simulator, ["acc_requant", "acc_blend"], bench(to), tmp_path)
    assert [int(line) for line in lines] == requantise(sums, 8, to).tolist()
