"""Registers behind an ECP5's multipliers, moved into them.

A MULT18X18D has registers at its outputs, which Lattice's own tools fill and Yosys leaves empty. Its clock, enable and
reset are those that its parameters name (Lattice FPGA-TN-02205, ECP5 and ECP5-5G sysDSP Usage Guide).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

MULTIPLIER = "MULT18X18D"

Cell = dict[str, Any]
"""One of those in Yosys' ``write_json``; of its wires numbers are nets, strings constants."""


def pack(module: dict[str, Any]) -> None:
    """Move the flip-flops behind each multiplier of a flat module of Yosys' ``write_json`` into its output registers,
    where every bit that anybody reads goes to a flip-flop and nowhere else, and all of these have the same clock and
    enable and no reset.
    """
    cells: dict[str, Cell] = module["cells"]
    readers = _readers(module)
    for cell in [cell for cell in cells.values() if cell["type"] == MULTIPLIER]:
        wires = cell["connections"]
        behind = {port: readers[bits[0]] for port, bits in wires.items() if port.startswith("P") and bits[0] in readers}
        controls = {_control(cells, at) for at in behind.values()}
        if len(controls) != 1 or None in controls:
            continue
        for port, [(flip_flop, _)] in behind.items():
            wires[port] = cells.pop(flip_flop)["connections"]["Q"]
        ((clock, enable),) = controls
        for kind, wire in (("CLK", clock), ("CE", enable), ("RST", "0")):
            wires[f"{kind}0"] = [wire]
            cell["port_directions"][f"{kind}0"] = "input"
            cell["parameters"][f"REG_OUTPUT_{kind}"] = f"{kind}0"


def _readers(module: dict[str, Any]) -> dict[int, list[tuple[str, str]]]:
    """Which cells, by name, read each net, and at which port; the module's own ports have no cell's name."""
    readers = defaultdict(list)
    for name, cell in module["cells"].items():
        for port, bits in cell["connections"].items():
            if cell["port_directions"][port] == "input":
                for bit in bits:
                    readers[bit].append((name, port))
    for port, its in module["ports"].items():
        for bit in its["bits"]:
            readers[bit].append(("", port))
    return readers


def _control(cells: dict[str, Cell], readers: list[tuple[str, str]]) -> tuple[int, int | str] | None:
    """Clock and enable of the flip-flop without a reset that alone reads a net; None where there is no such one."""
    (name, port), *others = readers
    if others or port != "DI" or cells[name]["type"] != "TRELLIS_FF":
        return None
    wires, parameters = cells[name]["connections"], cells[name]["parameters"]
    enables = {"1": "1", "CE": wires.get("CE", ["1"])[0]}
    enable = parameters["CEMUX"].strip()  # Yosys puts a space behind what it could take for bits
    free = wires.get("LSR", ["0"]) == ["0"] and parameters["LSRMUX"] == "LSR" and parameters["REGSET"] == "RESET"
    if parameters["CLKMUX"] != "CLK" or enable not in enables or not free:
        return None
    return wires["CLK"][0], enables[enable]
