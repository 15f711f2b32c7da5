"""Which registers behind a multiplier move into it, of what Yosys makes for an ECP5."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from accel.synth.dsp_registers import MULTIPLIER, pack
from accel.synth.yosys import run_yosys

MODULE = """\
module top (input logic clk_i, go_i, other_i, input logic signed [7:0] a_i, b_i, output logic signed [15:0] y_o, z_o);
  logic signed [15:0] product;
  assign product = a_i * b_i;
  {body}
endmodule
"""


def mapped(body: str, folder: Path) -> dict[str, Any]:
    """A product and what becomes of it, in an ECP5's cells."""
    (folder / "top.sv").write_text(MODULE.format(body=body))
    script = "read_verilog -sv top.sv; synth_lattice -family ecp5 -top top -noiopad; write_json top.json"
    run_yosys(script, folder, "a product")
    module: dict[str, Any] = json.loads((folder / "top.json").read_text())["modules"]["top"]
    return module


def types(module: dict[str, Any]) -> Counter[str]:
    return Counter(cell["type"] for cell in module["cells"].values())


def product(module: dict[str, Any]) -> dict[str, Any]:
    (found,) = (cell for cell in module["cells"].values() if cell["type"] == MULTIPLIER)
    return found


@pytest.mark.parametrize(
    ("body", "enable", "bits"),
    [
        ("always_ff @(posedge clk_i) if (go_i) y_o <= product;", "go_i", 16),
        ("always_ff @(posedge clk_i) y_o <= product;", None, 16),
        ("logic [6:0] q; always_ff @(posedge clk_i) if (go_i) q <= product >>> 4; assign y_o = q;", "go_i", 7),
    ],
)
def test_a_register_that_alone_reads_a_product_moves_into_the_multiplier(
    body: str, enable: str | None, bits: int, tmp_path: Path
) -> None:
    module = mapped(body, tmp_path)
    assert types(module)["TRELLIS_FF"] == bits
    pack(module)
    assert types(module)["TRELLIS_FF"] == 0
    cell, ports = product(module), module["ports"]
    made = [wire for port, wires in cell["connections"].items() if port.startswith("P") for wire in wires]
    assert set(made) >= {wire for wire in ports["y_o"]["bits"] if isinstance(wire, int)}
    control = {port: cell["connections"][port] for port in ("CLK0", "CE0", "RST0")}
    assert control == {
        "CLK0": ports["clk_i"]["bits"],
        "CE0": ports[enable]["bits"] if enable else ["1"],
        "RST0": ["0"],
    }
    registers = {name: value for name, value in cell["parameters"].items() if name.startswith("REG_OUTPUT")}
    assert registers == {"REG_OUTPUT_CLK": "CLK0", "REG_OUTPUT_CE": "CE0", "REG_OUTPUT_RST": "RST0"}


@pytest.mark.parametrize(
    "body",
    [
        "assign y_o = product;",
        "always_ff @(posedge clk_i) if (go_i) y_o <= product ^ 16'h5a;",
        "always_ff @(posedge clk_i) if (go_i) y_o <= product; assign z_o = product;",
        "always_ff @(posedge clk_i) begin if (go_i) y_o <= product; if (other_i) z_o <= product; end",
        "always_ff @(posedge clk_i) begin if (go_i) y_o[9:0] <= product[9:0]; y_o[15:10] <= product[15:10]; end",
        "always_ff @(posedge clk_i) if (other_i) y_o <= '0; else if (go_i) y_o <= product;",
        "always_ff @(negedge clk_i) if (go_i) y_o <= product;",
        "initial y_o = '1; always_ff @(posedge clk_i) if (go_i) y_o <= product;",
    ],
)
def test_other_registers_stay_where_they_are(body: str, tmp_path: Path) -> None:
    module = mapped(body, tmp_path)
    before = json.dumps(module)
    pack(module)
    assert json.dumps(module) == before
