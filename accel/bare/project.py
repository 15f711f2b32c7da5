"""The folder of plain C++: pure text by relative path, and the one place that writes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from accel import cache, rows
from accel.bare import activations, elementwise, joins, recurrent, shaping, softmax, sums, windows
from accel.bare.layer import Layer, layer
from accel.bare.reading import Reader
from accel.bare.render import render
from accel.bare.text import braced, numbered
from accel.bare.worked import worked
from accel.errors import AccelError
from accel.fixed import to_float
from accel.ir.graph import Graph, Join, Node, Tensor
from accel.source import identifier

KINDS = activations, elementwise, joins, recurrent, shaping, softmax, sums, windows
"""The modules that know how to write the layers."""

NAMED = 24
"""Outputs that are called by their names; more are counted."""

NARROW, WIDE = 62, 126
"""Bits of magnitudes that 64 and 128 bits hold, with the sign and one to spare for powers of two."""


@dataclass(frozen=True, eq=False)
class Example:
    """A frame of raw integers, as `golden.shape_of` has those of the inputs, and in words where it is from."""

    frame: np.ndarray
    origin: str


def generate(
    graph: Graph, design: str, names: Sequence[str] = (), example: Example | None = None, decides: bool = True
) -> dict[str, str]:
    """The files: the same graph gives the same bytes.

    Args:
        design: what the program is called.
        names: what the outputs stand for; left out where there are not as many, or more than `NAMED`.
        decides: the outputs are scores of classes, of which the largest decides.

    Raises:
        AccelError: a layer cannot be written exactly; says which and why.
    """
    check(graph)
    layers = [_written(node, name) for name, node in zip(_names(graph), graph.nodes, strict=True)]
    reader = Reader.of(graph)
    steps = list(zip(layers, graph.nodes, strict=True))
    bits = max([reader.bits, *(made.bits for made in layers)])
    if bits > WIDE:
        widest = next((node.name for made, node in steps if made.bits == bits), "its input")
        raise AccelError(f"layer '{widest}': integers of {bits} bits; plain C++ has at most {WIDE}")
    only = graph.outputs[0]  # no others are decided
    told = {
        "graph": graph,
        "design": design,
        "steps": steps,
        "arrays": _arrays(graph),
        "joined": any(isinstance(node, Join) for node in graph.nodes),
        "wide": [node.name for made, node in steps if made.bits > NARROW],
        "int128": bits > NARROW,
        "reader": reader,
        "decided": decides and only.positions == 1 and only.channels > 1,
        "called": list(names) if len(names) == only.size <= NAMED else [],
        "example": example,
        "worked": worked(graph, example.frame) if example else None,
        "tables": any("entries" in constant.name for made in layers for constant in made.constants),
    }
    files = {f"{made.name}.cpp": made.text for made in layers}
    files |= {f"weights/{made.name}.h": _weights(made) for made in layers if made.constants}
    files |= {
        name: render(f"{name}.j2", **told) for name in ("network.h", "network.cpp", "main.cpp", "read.h", "read.cpp")
    }
    used = {name for text in files.values() for name in re.findall(r"\b[a-z_]+(?=\()", text)}
    files["fixed.h"] = render("fixed.h.j2", used=used)
    if example is not None:
        files["example.csv"] = _csv(example.frame, graph.inputs)
    files["README.md"] = render("README.md.j2", **told)
    return files


def check(graph: Graph) -> None:
    """Refuse a network with an output that no layer makes for it alone.

    Raises:
        AccelError: names the output.
    """
    names = [tensor.name for tensor in graph.outputs]
    for tensor in graph.outputs:
        if tensor in graph.inputs or names.count(tensor.name) > 1:
            raise AccelError(f"output '{tensor.name}' is an input or another output; expected a layer for each")


def write(files: dict[str, str], folder: Path) -> Path:
    """Put the files into ``folder``, replacing it whole."""
    with cache.scratch(folder.parent) as drafts:
        made = drafts / folder.name
        for path, text in files.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_text(text)
        return cache.replace(made, folder)


def lines(files: dict[str, str]) -> int:
    """Lines of C++ without the weights."""
    return sum(text.count("\n") for path, text in files.items() if path.endswith((".cpp", ".h")) and "/" not in path)


def _names(graph: Graph) -> list[str]:
    """A C++ name for each layer that sorts as they follow each other."""
    digits = len(str(len(graph.nodes)))
    return [f"layer{k:0{digits}}_{identifier(node.name, '')}" for k, node in enumerate(graph.nodes, 1)]


def _arrays(graph: Graph) -> dict[str, str]:
    """What each tensor is called in C++."""
    arrays = {node.name: f"made{k}" for k, node in enumerate(graph.nodes, 1)}
    for end, tensors in (("in", graph.inputs), ("out", graph.outputs)):
        arrays |= zip([tensor.name for tensor in tensors], numbered(end, len(tensors)), strict=True)
    return arrays


def _written(node: Node, name: str) -> Layer:
    try:
        return layer(node, name)
    except AccelError as error:
        raise AccelError(f"layer '{node.name}': {error}") from None


def _weights(made: Layer) -> str:
    arrays = [(constant, braced(constant.values, constant.index)) for constant in made.constants]
    return render("weights.h.j2", name=made.name, arrays=arrays)


def _csv(frame: np.ndarray, tensors: Sequence[Tensor]) -> str:
    """The frame as real numbers, one tensor behind the other, each row of it in a line."""
    lines = []
    for part, tensor in zip(rows.of(frame[None], tensors), tensors, strict=True):
        lines += list(to_float(part, tensor.type).reshape(tensor.shape[0] if len(tensor.shape) > 1 else 1, -1))
    return "".join(",".join(repr(float(value)) for value in line) + "\n" for line in lines)
