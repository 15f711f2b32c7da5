"""``acc_lut`` against ``accel.ir.tables.lookup``, with idle cycles and backpressure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from accel.fixed import Fixed, requantise
from accel.ir.graph import Table
from accel.ir.tables import FUNCTIONS, lookup, scale_log2
from tests.rtl.simulate import lint, read_in_yosys, simulate

LATENCY = 4
BEATS = 400


@dataclass(frozen=True)
class Case:
    """One layer: ``lanes`` elements a beat, ``out`` the output type."""

    function: str
    size: int
    x: Fixed
    entry: Fixed
    out: Fixed
    lanes: int

    @property
    def table(self) -> Table:
        return FUNCTIONS[self.function](self.size, self.entry)


def case(function: str, size: int, x: str, entry: str, out: str, lanes: int) -> Case:
    return Case(function, size, Fixed.parse(x), Fixed.parse(entry), Fixed.parse(out), lanes)


CASES = [
    case("sigmoid", 1024, "fixed<16,6>", "fixed<18,8>", "fixed<16,6>", 2),
    case("tanh", 4096, "fixed<16,2>", "fixed<18,2,RND,SAT>", "fixed<12,1,RND,SAT>", 1),
    case("softsign", 512, "fixed<9,4>", "fixed<18,8>", "ufixed<6,0,RND_CONV,SAT>", 3),
    case("sigmoid", 2048, "ufixed<8,8>", "ufixed<10,0,RND,SAT>", "fixed<8,1,RND,SAT>", 1),
    case("softplus", 8, "fixed<11,7>", "fixed<12,5>", "fixed<7,4,TRN_ZERO>", 1),
    case("tanh", 64, "fixed<20,12>", "fixed<40,2>", "fixed<30,4>", 1),
    case("sigmoid", 8, "fixed<7,11>", "fixed<5,3>", "ufixed<7,1,RND,SAT>", 4),  # an LSB of 16, two entries of 8
    case("softsign", 4, "ufixed<9,10>", "fixed<9,1>", "fixed<9,1>", 1),
]


def hex_lines(rows: np.ndarray, width: int) -> str:
    """One line a row, its first element in the low bits."""
    words = [sum((int(v) & ((1 << width) - 1)) << (width * k) for k, v in enumerate(row)) for row in rows]
    return "".join(f"{word:x}\n" for word in words)


def instance(index: int, case: Case, folder: Path) -> str:
    """Source, layer and checker of one case; writes its memories."""
    random = np.random.default_rng(index)
    raw = random.integers(case.x.lo, case.x.hi, (BEATS, case.lanes), endpoint=True)
    raw >>= random.integers(0, case.x.width, raw.shape)
    raw[:2, 0] = case.x.lo, case.x.hi
    want = requantise(lookup(raw, case.x, case.table), case.entry.fraction, case.out)
    (folder / f"in{index}.mem").write_text(hex_lines(raw, case.x.width))
    (folder / f"want{index}.mem").write_text(hex_lines(want, case.out.width))
    (folder / f"table{index}.mem").write_text(hex_lines(case.table.entries[:, None], case.entry.width))
    parameters = {
        "InWidth": case.x.width,
        "OutWidth": case.out.width,
        "Lanes": case.lanes,
        "InFraction": case.x.fraction,
        "InSigned": int(case.x.signed),
        "TableSize": case.size,
        "ScaleLog2": scale_log2(case.table, case.x),
        "Offset": case.table.offset,
        "EntryWidth": case.entry.width,
        "EntryFraction": case.entry.fraction,
        "EntrySigned": int(case.entry.signed),
        "OutFraction": case.out.fraction,
        "OutSigned": int(case.out.signed),
        "OutRounding": case.out.rounding.code,
        "OutOverflow": case.out.overflow.code,
    }
    given = ", ".join(f".{name}({value})" for name, value in parameters.items())
    return (
        f'  case_bench #({given}, .Name({index}), .Table("table{index}.mem"), .In("in{index}.mem"), '
        f'.Want("want{index}.mem")) case_{index} (.clk(clk), .idle(idle), .stall(stall), .rst_n(rst_n));\n'
    )


CASE_BENCH = """
module case_bench #(
  parameter int Name = 0, Lanes = 1, InWidth = 1, InFraction = 0, TableSize = 1, ScaleLog2 = 0, Offset = 0,
  parameter int EntryWidth = 1, EntryFraction = 0, OutWidth = 1, OutFraction = 0, OutRounding = 0, OutOverflow = 0,
  parameter bit InSigned = 1, EntrySigned = 1, OutSigned = 1,
  parameter Table = "", In = "", Want = ""
) (input clk, input idle, input stall, input rst_n);
  reg [Lanes*InWidth-1:0] ins [0:BEATS-1];
  reg [Lanes*OutWidth-1:0] wants [0:BEATS-1];
  initial begin $readmemh(In, ins); $readmemh(Want, wants); end
  integer cycle = 0, sent = 0, got = 0, first = -1;
  reg held = 0;  // an offered beat stays offered
  wire valid = sent < BEATS && (held || !idle);
  wire in_ready, out_valid;
  wire [Lanes*OutWidth-1:0] data;
  acc_lut #(
    .Lanes(Lanes), .InWidth(InWidth), .InFraction(InFraction), .InSigned(InSigned), .TableSize(TableSize),
    .ScaleLog2(ScaleLog2), .Offset(Offset), .EntryWidth(EntryWidth), .EntryFraction(EntryFraction),
    .EntrySigned(EntrySigned), .OutWidth(OutWidth), .OutFraction(OutFraction), .OutSigned(OutSigned),
    .OutRounding(OutRounding), .OutOverflow(OutOverflow), .MemFile(Table)
  ) dut (.clk_i(clk), .rst_ni(rst_n), .in_valid_i(valid), .in_ready_o(in_ready),
         .in_data_i(ins[sent < BEATS ? sent : 0]),
         .out_valid_o(out_valid), .out_ready_i(!stall), .out_data_o(data));
  always @(posedge clk) if (rst_n) begin
    cycle <= cycle + 1;
    held <= valid && !in_ready;
    if (valid && in_ready) begin
      if (sent == 0) first <= cycle;
      sent <= sent + 1;
    end
    if (out_valid && !stall) begin
      if (got == 0) $display("LATENCY %0d %0d", Name, cycle - first);
      if (got >= BEATS || data !== wants[got])
        $display("WRONG %0d beat %0d: %h, expected %h", Name, got, data, wants[got]);
      got <= got + 1;
      if (got == BEATS - 1) $display("END %0d %0d", Name, cycle);
    end
  end
endmodule
"""


def bench(instances: str, idle: str, stall: str) -> str:
    return (
        f"module tb (input clk);\n  integer cycle = 0;\n  wire rst_n = cycle > 2;\n  reg [15:0] random = 16'hace1;\n"
        f"  wire idle = {idle}, stall = {stall};\n{instances}"
        f"  always @(posedge clk) begin\n    cycle <= cycle + 1;\n"
        f"    random <= {{random[14:0], random[15] ^ random[13] ^ random[12] ^ random[10]}};\n"
        f"    if (cycle == {8 * BEATS}) $finish;\n  end\nendmodule\n" + CASE_BENCH.replace("BEATS", str(BEATS))
    )


def run(simulator: str, cases: Sequence[Case], idle: str, stall: str, folder: Path) -> list[str]:
    instances = "".join(instance(index, case, folder) for index, case in enumerate(cases))
    return simulate(simulator, ["acc_requant", "acc_lut_read", "acc_lut"], bench(instances, idle, stall), folder)


def assert_all_right(lines: list[str], cases: Sequence[Case]) -> None:
    wrong = [line for line in lines if line.startswith("WRONG")]
    assert not wrong, f"{cases[int(wrong[0].split()[1])]}: {wrong[0]}; {len(wrong)} in all"
    assert sum(line.startswith("END") for line in lines) == len(cases)


def test_lut_equals_lookup_under_idle_and_backpressure(simulator: str, tmp_path: Path) -> None:
    assert_all_right(run(simulator, CASES, "random[0] & random[3]", "random[5] & random[9]", tmp_path), CASES)


def test_latency_and_a_beat_each_cycle(fast_simulator: str, tmp_path: Path) -> None:
    lines = run(fast_simulator, CASES[:1], "1'b0", "1'b0", tmp_path)
    assert_all_right(lines, CASES[:1])
    assert f"LATENCY 0 {LATENCY}" in lines
    assert f"END 0 {LATENCY + BEATS - 1}" in lines


def test_a_wrong_entry_is_seen(fast_simulator: str, tmp_path: Path) -> None:
    """The bench can fail: one flipped table bit is located."""
    instances = instance(0, CASES[3], tmp_path)
    table = tmp_path / "table0.mem"
    lines = table.read_text().splitlines()
    lines[2047] = f"{int(lines[2047], 16) ^ 512:x}"
    table.write_text("\n".join(lines) + "\n")
    said = simulate(
        fast_simulator, ["acc_requant", "acc_lut_read", "acc_lut"], bench(instances, "1'b0", "1'b0"), tmp_path
    )
    assert any(line.startswith("WRONG 0 beat 1:") for line in said)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (".Offset(1025)", "Offset from 0 to TableSize"),
        (".InWidth(36)", "must fit 32 bits"),
    ],
)
def test_illegal_parameters_stop_the_simulation(
    parameters: str, message: str, fast_simulator: str, tmp_path: Path
) -> None:
    top = f"module tb (input clk);\n  acc_lut #({parameters}) dut (.clk_i(clk));\nendmodule\n"
    with pytest.raises(AssertionError, match=message):
        simulate(fast_simulator, ["acc_requant", "acc_lut_read", "acc_lut"], top, tmp_path)


def test_lints_for_a_spread_of_parameters() -> None:
    lint("acc_lut", ["acc_requant", "acc_lut_read"])
    for given in (
        {"Lanes": 3, "TableSize": 1000, "Offset": 500},
        {"InWidth": 3, "InFraction": 1, "InSigned": 0, "OutSigned": 0, "OutOverflow": 1, "OutRounding": 2},
        {"ScaleLog2": -2, "TableSize": 4, "Offset": 2, "EntrySigned": 0, "EntryWidth": 5, "EntryFraction": 5},
        {"InWidth": 30, "InFraction": 29, "TableSize": 1, "Offset": 0},
    ):
        lint("acc_lut", ["acc_requant", "acc_lut_read"], {**given, "MemFile": '"table.mem"'})


def test_reads_in_yosys(tmp_path: Path) -> None:
    read_in_yosys("acc_lut", ["acc_requant", "acc_lut_read"], tmp_path)
