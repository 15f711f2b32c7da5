"""What nextpnr is given of an instance: the netlist that Yosys makes of it for an ECP5.

Yosys maps an instance by itself and links it to registers at all of its ports, a chain in and a chain out, so that few
pins are needed and every path goes from register to register. What the chains add is one look-up table at the outputs.
Registers behind multipliers are moved into them (``dsp_registers``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from accel.rtl.layers import Instance, Stream
from accel.synth.dsp_registers import MULTIPLIER, pack
from accel.synth.parts import Part
from accel.synth.yosys import TOP, design, run_yosys

NETLIST = "pins.json"
PINS = """\
module pins (input logic clk_i, input logic in_i, output logic out_o);
  logic [{last_in}+3:0] in_q;
  logic [{last_out}+2:0] out, out_q;
  always_ff @(posedge clk_i) begin
    in_q  <= {{in_q[{last_in}+2:0], in_i}};
    out_q <= out ^ {{out_q[{last_out}+1:0], in_i}};
  end
  assign out_o = out_q[{last_out}+2];
  logic [{inputs}-1:0] ready;
  assign out[0] = &ready;
  {top} u_{top} (
      .clk_i, .rst_ni(in_q[0]), .in_valid_i({{{inputs}{{in_q[1]}}}}), .out_ready_i(in_q[2]),
      .in_data_i(in_q[{last_in}+3:3]), .in_ready_o(ready), .out_valid_o(out[1]), .out_data_o(out[{last_out}+2:2])
  );
endmodule

(* blackbox *)
module {top} (
    input  logic clk_i, rst_ni, in_valid_i, out_ready_i,
    output logic in_ready_o, out_valid_o,
    input  logic [{last_in}:0] in_data_i,
    output logic [{last_out}:0] out_data_o
);
endmodule
"""
SCRIPT = """\
read_verilog -sv pins.v; synth_lattice -family ecp5 -top pins; design -stash pins; design -reset
read_verilog -sv {sources}; synth_lattice -family ecp5 -nowidelut -noiopad -top {top}; design -stash {top}
design -load pins; delete {top}; design -copy-from {top} -as {top} {top}; hierarchy -top pins; flatten; opt_clean
write_json pins.json
"""


class TooLarge(Exception):
    """A netlist that takes more of a part's hard blocks than it has, of which a ``share`` could be there."""

    def __init__(self, message: str, share: float) -> None:
        super().__init__(message)
        self.share = share


def sources_of(instance: Instance, sources: Sequence[Stream]) -> tuple[dict[str, str], str]:
    """Everything that Yosys reads of ``instance`` behind the streams ``sources``, by file name, and its commands."""
    files = design(instance, sources)
    script = SCRIPT.format(sources=" ".join(name for name in files if name.endswith(".sv")), top=TOP)
    last_in = sum(source.bits for source in sources) - 1
    pins = PINS.format(top=TOP, inputs=len(sources), last_in=last_in, last_out=instance.output.bits - 1)
    return files | {"pins.v": pins}, script


def synthesise(files: Mapping[str, str], script: str, folder: Path, what: str) -> Counter[str]:
    """Write the files and the netlist to ``folder``; how many cells of each type it has."""
    for path, text in files.items():
        (folder / path).write_text(text)
    run_yosys(script.replace("\n", "; "), folder, f"synthesis of {what}")
    netlist = folder / NETLIST
    made = json.loads(netlist.read_text())
    pack(made["modules"]["pins"])
    netlist.write_text(json.dumps(made))
    return Counter(cell["type"] for cell in made["modules"]["pins"]["cells"].values())


def check_size(cells: Counter[str], part: Part) -> None:
    """Refuse a netlist that the part has too few multipliers or block RAMs for.

    Raises:
        TooLarge: says how many it takes, and of how many.
    """
    counts = (
        (cells[MULTIPLIER], "multipliers", part.dsp),
        (cells["DP16KD"] + cells["PDPW16KD"], "block RAMs", part.bram),
    )
    lacking = [f"takes {count:,} of {has} {name}" for count, name, has in counts if count > has]
    if lacking:
        raise TooLarge(" and ".join(lacking), min(has / count for count, _, has in counts if count))
