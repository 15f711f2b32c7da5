"""``acc_requant`` against ``accel.fixed.requantise``, which ``tests/test_fixed.py`` compares with ap_fixed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from accel.fixed import Fixed, Overflow, Rounding, requantise
from tests.cpp.casts import Cast, narrow_casts, wide_casts
from tests.rtl.simulate import LIB, lint, read_in_yosys, simulate

VECTORS = 64


def parameters(src: Fixed, dst: Fixed) -> dict[str, int]:
    return {
        "InWidth": src.width,
        "InFraction": src.fraction,
        "InSigned": int(src.signed),
        "OutWidth": dst.width,
        "OutFraction": dst.fraction,
        "OutSigned": int(dst.signed),
        "Rounding": dst.rounding.code,
        "Overflow": dst.overflow.code,
    }


def bench(casts: list[Cast]) -> str:
    """One instance per cast, all fed at once from one memory: a pass over all vectors checks everything."""
    instances = []
    for index, cast in enumerate(casts):
        given = ", ".join(f".{name}({value})" for name, value in parameters(cast.src, cast.dst).items())
        width = cast.dst.width
        instances.append(
            f"  wire [{width - 1}:0] out_{index};\n"
            f"  acc_requant #({given}) dut_{index} (.in_i(in[{index * 64} +: {cast.src.width}]), "
            f".out_o(out_{index}));\n"
            f"  always @(posedge clk) if (out_{index} !== want[{index * 64} +: {width}])\n"
            f'    $display("WRONG {index} %0d %h %h", step, out_{index}, want[{index * 64} +: {width}]);\n'
        )
    bits = 64 * len(casts)
    return (
        f"module tb (input clk);\n  integer step = 0;\n  reg [{bits - 1}:0] ins [0:{VECTORS - 1}], wants "
        f"[0:{VECTORS - 1}];\n"
        f'  initial begin $readmemh("in.mem", ins); $readmemh("want.mem", wants); end\n'
        f"  wire [{bits - 1}:0] in = ins[step], want = wants[step];\n{''.join(instances)}"
        f"  always @(posedge clk) begin\n    step <= step + 1;\n"
        f'    if (step == {VECTORS - 1}) begin $display("DONE %0d", step + 1); $finish; end\n  end\nendmodule\n'
    )


def write_memory(path: Path, columns: list[np.ndarray]) -> None:
    """Line k: element k of every column, 64 bits each, the first column lowest."""
    table = np.stack([np.resize(column, VECTORS) for column in columns])[::-1].astype(np.int64)
    path.write_text("\n".join("".join(f"{int(v) & (2**64 - 1):016x}" for v in row) for row in table.T) + "\n")


def test_requant_equals_fixed(simulator: str, tmp_path: Path) -> None:
    casts = narrow_casts() + wide_casts(max_src=62, max_dst=48)
    if simulator == "verilator":
        casts = casts[::5]  # every pair of modes, some of the shapes: all of them take long to compile
    write_memory(tmp_path / "in.mem", [c.raw for c in casts])
    write_memory(tmp_path / "want.mem", [requantise(c.raw, c.src.fraction, c.dst) for c in casts])
    lines = simulate(simulator, ["acc_requant"], bench(casts), tmp_path)
    wrong = [line for line in lines if line.startswith("WRONG")]
    assert not wrong, f"{casts[int(wrong[0].split()[1])]}: {wrong[0]}; {len(wrong)} in all"
    assert f"DONE {VECTORS}" in lines


def test_lints_for_a_spread_of_parameters() -> None:
    lint("acc_requant")
    shapes = [
        (1, 0, 1, 1, 0, 1),
        (6, -3, 0, 3, -12, 0),
        (12, 4, 1, 24, 12, 1),
        (12, 14, 0, 24, 4, 1),
        (3, 5, 1, 4, 3, 0),
    ]
    shapes += [(64, 40, 1, 48, 20, 1)]
    names = ("InWidth", "InFraction", "InSigned", "OutWidth", "OutFraction", "OutSigned")
    for shape in shapes:
        for modes in ((0, 0), (2, 3), (6, 1)):
            lint(
                "acc_requant", (), {**dict(zip(names, shape, strict=True)), "Rounding": modes[0], "Overflow": modes[1]}
            )


def test_reads_in_yosys(tmp_path: Path) -> None:
    read_in_yosys("acc_requant", (), tmp_path)


def test_illegal_mode_stops_the_simulation(fast_simulator: str, tmp_path: Path) -> None:
    dut = "wire [7:0] out;\n  acc_requant #(.Rounding(7)) dut (.in_i(16'd0), .out_o(out));"
    with pytest.raises(AssertionError, match="acc_requant: widths must be positive and the modes codes of acc_pkg"):
        simulate(fast_simulator, ["acc_requant"], f"module tb (input clk);\n  {dut}\nendmodule\n", tmp_path)


def test_mode_codes_agree_with_the_package() -> None:
    """``RoundRndMinInf`` is RND_MIN_INF and so on."""
    package = (LIB / "acc_pkg.sv").read_text()
    for prefix, modes in (("Round", Rounding), ("Overflow", Overflow)):
        codes = {name: int(code) for name, code in re.findall(rf"localparam int {prefix}(\w+) = (\d+);", package)}
        assert codes == {mode.value.title().replace("_", ""): mode.code for mode in modes}
