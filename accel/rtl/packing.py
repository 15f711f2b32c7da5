"""What a family decides: two products of one input share a multiplier that is wide enough; a GRU's gate and a sum that
take several have a register behind each; wide weights are in look-up tables or block RAMs.

``x * (upper * 2**apart + lower)`` is the sum of both products, one of them ``apart`` bits higher (Fu et al., "Deep
Learning with INT8 Optimization on Xilinx Devices", WP486). They may overlap in bits that are known of one of them: the
lowest of a product take few look-up tables (Sommer et al., "DSP-Packing: Squeezing Low-precision Arithmetic into FPGA
DSP Blocks", FPL 2022). The narrower the types, the more layers take half the multipliers.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from accel.fixed import Fixed
from accel.ir.golden_recurrent import gate_table
from accel.ir.graph import Affine, Conv, Dense, Graph, Gru, Node, Pair, Recurrent
from accel.rtl.fabric import Fabric, Product
from accel.rtl.products import LOW, pair_product, product

OVERLAPS = (1, 2, 3)
"""Bits that two products have in common in their multiplier; the fewest are taken that save one."""


def packed(graph: Graph, fabric: Fabric) -> Graph:
    """The graph with a pair in each product of which the family then takes fewer multipliers, its wide weights where
    the family has them, and its GRUs cut.
    """
    return replace(graph, nodes=tuple(_packed(node, fabric) for node in graph.nodes))


def _packed(node: Node, fabric: Fabric) -> Node:
    if isinstance(node, Dense) or (isinstance(node, Conv) and node.groups == 1):
        affine = replace(node.affine, wide_words=fabric.wide_words)
        return replace(node, affine=_shared(node.input.type, affine, fabric))
    if isinstance(node, Recurrent):
        kernel, loop = (node.input.type, node.kernel), (node.output.type, node.recurrent)
        node = replace(node, kernel=_shared(*kernel, fabric), recurrent=_shared(*loop, fabric))
        return replace(node, cut=_wide(node, fabric)) if isinstance(node, Gru) else node
    return node


def _wide(node: Gru, fabric: Fabric) -> bool:
    accum = node.recurrent.accum
    gate = gate_table(node.gate, accum).type
    return accum.width > LOW and fabric.dsp([Product(accum.width, gate.width)]) > 1


def _shared(x: Fixed, affine: Affine, fabric: Fabric) -> Affine:
    weight = affine.weight_type
    read = affine.accum.width + x.fraction + weight.fraction - affine.accum.fraction
    alone = fabric.dsp([product((x.width, x.signed), (weight.width, weight.signed), read, count=2)])
    for overlap in OVERLAPS:
        pair = _pair(x, affine.weights, overlap)
        if fabric.dsp([pair_product((x.width, x.signed), pair.apart, pair.width)]) < alone:
            return replace(affine, pair=pair)
    return affine


def _pair(x: Fixed, weights: np.ndarray, overlap: int) -> Pair:
    """The fewest bits for any two of the weights."""
    low, high = int(weights.min()), int(weights.max())
    products = [a * b for a in (x.lo, x.hi) for b in (low, high)]
    apart = max(_bits(min(products), max(products)) - overlap, _bits(low, high))
    return Pair(apart, overlap, _bits(low - (low < 0), high))


def _bits(low: int, high: int) -> int:
    """Those of a signed type from ``low`` to ``high``."""
    return max(low, ~low, high, ~high).bit_length() + 1
