"""The frozen integer graph: what every witness (golden model, RTL, report) is derived from.

A node reads one tensor or several and makes one, which has its name; any number of nodes may read a tensor. Values are
raw integers of the tensor's type. Tensors are channels-last without the batch axis and flow as row-major streams of
elements, so a reshape moves nothing.
"""

from __future__ import annotations

from accel.ir.graph.activations import Argmax, Curve, Factor, LegacySoftmax, Piece, Piecewise
from accel.ir.graph.core import Graph, Join, Node, Tensor, chain
from accel.ir.graph.joins import Concatenate, Merge, Operation
from accel.ir.graph.nodes import (
    Affine,
    Cast,
    Conv,
    Crop,
    Dense,
    Gru,
    Lookup,
    Lstm,
    Pad,
    Pair,
    Permute,
    Pool,
    PoolKind,
    Recurrent,
    Repeat,
    Reshape,
    Reverse,
    Scale,
    Softmax,
    Table,
    Window,
)

__all__ = [
    "Affine",
    "Argmax",
    "Cast",
    "Concatenate",
    "Conv",
    "Crop",
    "Curve",
    "Dense",
    "Factor",
    "Graph",
    "Gru",
    "Join",
    "LegacySoftmax",
    "Lookup",
    "Lstm",
    "Merge",
    "Node",
    "Operation",
    "Pad",
    "Pair",
    "Permute",
    "Piece",
    "Piecewise",
    "Pool",
    "PoolKind",
    "Recurrent",
    "Repeat",
    "Reshape",
    "Reverse",
    "Scale",
    "Softmax",
    "Table",
    "Tensor",
    "Window",
    "chain",
]
