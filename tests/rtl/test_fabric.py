"""Multipliers and block RAMs are counted as Yosys makes them, at and around the limits of each family's cells."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from accel.fixed import Fixed
from accel.rtl.fabric import Product
from accel.rtl.layers.base import Memory, Stream, buffer
from accel.rtl.project import library
from accel.synth.families import FAMILIES, Resources
from accel.synth.yosys import resources, run_yosys, script_for

PRODUCT = """\
(* keep_hierarchy *)
module part_{number} (input clk_i, input [{a}-1:0] a_i, input [{b}-1:0] b_i, output [{bits}-1:0] o);
  acc_multiply #(
      .AWidth({a}), .ASigned({signed}), .BWidth({b}), .BSigned({signed}), .ProductFraction(0),
      .OutWidth({bits}), .OutFraction(0)
  ) u_multiply (.clk_i, .en_i(1'b1), .a_i, .b_i, .out_o(o));
endmodule
"""
MEMORY = """\
(* keep_hierarchy *) module part_{number} (input clk_i, input [11:0] a_i, input b_i, output logic [{bits}-1:0] o);
  (* rom_style = "block" *) logic [{bits}-1:0] rom [0:{words}-1];
  initial $readmemh("{number}.mem", rom);
  always_ff @(posedge clk_i) if (b_i) o <= rom[a_i];
endmodule
"""
WEIGHTS = """\
(* keep_hierarchy *) module part_{number} (input clk_i, input [1:0] a_i, input b_i, output o);
  logic [{bits}-1:0] word;
  acc_weights #(.Words({words}), .Width({bits}){ram}, .WeightFile("{number}.mem"))
      u_weights (.clk_i, .rst_ni(a_i[0]), .go_i(b_i), .address_o(), .word_o(word));
  assign o = ^word;
endmodule
"""
OPERANDS = """\
(* keep_hierarchy *) module part_{number} (input clk_i, input [99:0] a_i, input [99:0] b_i, output [99:0] o);
  acc_operands #(
      .Lanes(8), .Fold(4), .Outputs({copies}), .Parallel({copies}), .Copies({copies}), .Words(4), .InWidth(6),
      .WordWidth(2), .WeightFile("0.mem")
  ) u_operands (
      .clk_i, .rst_ni(b_i[9]), .go_i(b_i[8]), .fold_i(b_i[2:0]), .in_data_i(a_i[47:0]),
      .slice_o(o[12*{copies}-1:0]), .word_o(o[99:98])
  );
endmodule
"""
PRODUCTS = [
    Product(a, b, 1, a + b) for a, b in ((4, 4), (6, 3), (16, 16), (18, 18), (24, 17), (25, 18), (26, 18), (27, 20))
]
PRODUCTS += [Product(18, 18, 1, 36, unsigned=True), Product(30, 30, 1, 20)]
LIBRARY = (
    *("acc_pkg", "acc_requant", "acc_multiply", "acc_delay"),
    *("acc_weights", "acc_select", "acc_slices", "acc_operands"),
)
SHAPES = ((65, 20), (512, 37), (1000, 18), (2048, 9), (3000, 4))


def made(family: str, modules: list[str], folder: Path) -> list[Resources]:
    """What Yosys makes of modules ``part_<number>`` with ports clk_i, a_i, b_i and o, all in one run."""
    own = FAMILIES[family]
    texts = {f"{name}.sv": library()[f"{name}.sv"] for name in LIBRARY}
    ports = ", ".join(f"input [99:0] a{i}, b{i}, output [99:0] o{i}" for i in range(len(modules)))
    wires = "\n".join(f"  part_{i} u_{i} (.clk_i, .a_i(a{i}), .b_i(b{i}), .o(o{i}));" for i in range(len(modules)))
    texts["top.sv"] = "\n".join([*modules, f"module top (input clk_i, {ports});", wires, "endmodule\n"])
    for name, text in texts.items():
        (folder / name).write_text(text)
    run_yosys(script_for(own, texts, "top"), folder, "synthesis")
    found = json.loads((folder / "stat.json").read_text())["modules"]
    return [resources(found[rf"\part_{i}"]["num_cells_by_type"], own) for i in range(len(modules))]


def filled(shapes: tuple[tuple[int, int], ...], folder: Path) -> list[Memory]:
    """Memories of random bits, of such (words, bits), and their files: ``<number>.mem``."""
    rng = np.random.default_rng(1)
    memories = [Memory(rng.integers(0, 2, shape), 1) for shape in shapes]
    for i, memory in enumerate(memories):
        (folder / f"{i}.mem").write_text(memory.text())
    return memories


@pytest.mark.parametrize("family", ["xc7", "xcup", "ecp5", "nexus", "gw2a", "ice40", "ice40up"])
def test_a_product_takes_the_multipliers_that_are_counted(family: str, tmp_path: Path) -> None:
    fields = [{"a": p.a, "b": p.b, "bits": p.bits, "signed": int(not p.unsigned)} for p in PRODUCTS]
    modules = [PRODUCT.format(number=i, **own) for i, own in enumerate(fields)]
    taken = {product: one.dsp for product, one in zip(PRODUCTS, made(family, modules, tmp_path), strict=True)}
    assert taken == {product: FAMILIES[family].fabric.dsp([product]) for product in PRODUCTS}


@pytest.mark.parametrize("family", ["xc7", "xcup", "ecp5", "nexus", "gw2a", "ice40"])
def test_a_memory_takes_the_block_rams_that_are_counted(family: str, tmp_path: Path) -> None:
    filled(SHAPES, tmp_path)
    modules = [MEMORY.format(number=i, words=words, bits=bits) for i, (words, bits) in enumerate(SHAPES)]
    taken = {shape: one.bram for shape, one in zip(SHAPES, made(family, modules, tmp_path), strict=True)}
    assert taken == {shape: FAMILIES[family].fabric.bram([shape]) for shape in SHAPES}


@pytest.mark.parametrize("family", ["xc7", "xcup", "ecp5", "nexus", "gw2a", "ice40"])
def test_weights_are_in_block_rams_where_they_are_planned_to_be(family: str, tmp_path: Path) -> None:
    shapes, ram = ((64, 16), (65, 16), (40, 100)), ("", "", ", .Ram(1)")
    memories = filled(shapes, tmp_path)
    memories[-1] = replace(memories[-1], most=39)
    modules = [WEIGHTS.format(number=i, words=one[0], bits=one[1], ram=ram[i]) for i, one in enumerate(shapes)]
    taken = [one.bram for one in made(family, modules, tmp_path)]
    assert [memory.in_blocks for memory in memories] == [False, True, True]
    assert taken == [memory.in_blocks and FAMILIES[family].fabric.bram([memory.shape]) for memory in memories]


def test_bits_that_no_word_changes_take_none(tmp_path: Path) -> None:
    words = np.random.default_rng(1).integers(-200, 100, (2048, 1)) | 4
    memory = Memory(words & ~33, 12)
    (tmp_path / "0.mem").write_text(memory.text())
    (taken,) = made("xc7", [MEMORY.format(number=0, words=2048, bits=12)], tmp_path)
    assert memory.shape == (2048, 9)
    assert taken.bram == FAMILIES["xc7"].fabric.bram([memory.shape]) < FAMILIES["xc7"].fabric.bram([(2048, 12)])


@pytest.mark.parametrize("family", ["xc7", "ecp5"])
def test_copies_of_an_operand_are_left_apart(family: str, tmp_path: Path) -> None:
    (tmp_path / "0.mem").write_text("1\n2\n3\n0\n")
    one, three = made(family, [OPERANDS.format(number=i, copies=c) for i, c in enumerate((1, 3))], tmp_path)
    assert three.ff - one.ff == 2 * 2 * 6


def test_products_of_many_and_memories_of_several_add_up() -> None:
    fabric = FAMILIES["xc7"].fabric
    assert fabric.dsp([Product(16, 16, 5), Product(26, 18, 2)]) == 5 + 2 * 2
    source = Stream(1, Fixed(8, 4), 5)
    instance = replace(buffer("wait", source), memory_shapes=((1024, 36), (512, 18), (64, 1000)))
    assert fabric.bram(instance.block_shapes) == 1 + 0.5
