"""Functions of ``acc_pkg`` against those of Python that say the same of a plan."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from accel.fixed import Fixed, Overflow, Rounding
from accel.rtl.layers.affine import tree_levels, wiring
from tests.rtl.simulate import simulate

BENCH = """module tb (input clk);
  logic [{count}*32-1:0] rows[0:{rows}-1];
  logic [{count}*32-1:0] a;
  initial $readmemh("rows.mem", rows);
  always @(posedge clk) begin
    for (int i = 0; i < {rows}; i++) begin
      a = rows[i];
      $display("%0d", acc_pkg::{function}({arguments}));
    end
    $finish;
  end
endmodule
"""


def values(function: str, rows: Sequence[Sequence[int]], simulator: str, folder: Path) -> list[int]:
    """What a function of the package gives for each row of its arguments."""
    words = ("".join(f"{argument & 0xFFFFFFFF:08x}" for argument in reversed(row)) for row in rows)
    (folder / "rows.mem").write_text("\n".join(words) + "\n")
    arguments = ", ".join(f"a[{32 * place}+:32]" for place in range(len(rows[0])))
    bench = BENCH.format(count=len(rows[0]), rows=len(rows), function=function, arguments=arguments)
    return [int(line) for line in simulate(simulator, [], bench, folder) if line.isdigit()]


def test_a_cast_is_wiring_where_the_plan_says_so(fast_simulator: str, tmp_path: Path):
    rng = np.random.default_rng(4)
    modes = itertools.product(Rounding, Overflow, (False, True), (False, True))
    casts = []
    for rounding, overflow, *signed in modes:
        for width, integer, wider, above in rng.integers((1, -3, -3, -3), (12, 15, 4, 4), (40, 4)).tolist():
            given = Fixed(width, integer, signed[0])
            casts.append((given, Fixed(max(1, width + wider), integer + above, signed[1], rounding, overflow)))
    rows = [
        (one.width, one.fraction, one.signed, to.width, to.fraction, to.signed, to.rounding.code, to.overflow.code)
        for one, to in casts
    ]
    found, expected = values("wiring", rows, fast_simulator, tmp_path), [wiring(*cast) for cast in casts]
    wrong = [cast for cast, got, want in zip(casts, found, expected, strict=True) if got != want]
    assert not wrong, f"{wrong[0]}; {len(wrong)} in all"
    told = {
        (one.signed, to.signed, to.rounding, to.overflow, answer)
        for (one, to), answer in zip(casts, expected, strict=True)
    }
    never, always = 7 * 3, 4  # signed to unsigned that limits; TRN with WRAP
    assert len(told) == 2 * 7 * 4 * 4 - never - always, "one answer alone where both are possible"


def test_levels_of_adders(fast_simulator: str, tmp_path: Path):
    terms = range(1, 300)
    found = values("tree_levels", [(count,) for count in terms], fast_simulator, tmp_path)
    assert found == [tree_levels(count) for count in terms]


def test_greatest_common_divisor(fast_simulator: str, tmp_path: Path):
    pairs = list(itertools.product(range(1, 25), repeat=2))
    assert values("gcd", pairs, fast_simulator, tmp_path) == [math.gcd(*pair) for pair in pairs]
