"""QONNX's operators written in those of the ONNX standard, so that onnxruntime runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.fixed import Rounding
from accel.intake.onnx import constants, domains
from accel.intake.onnx.loading import STANDARD
from accel.intake.onnx.quantisers import ROUNDINGS, whole

if TYPE_CHECKING:
    import onnx

ROUND = 11
"""The opset that brought it."""

UNIT = np.float32(1.5 * 2**23)
"""float32's numbers from here on are integers."""


def expanded(model: onnx.ModelProto, known: Mapping[str, Any]) -> onnx.ModelProto:
    """The model with each quantiser as elementary operators, those of constants as what they make, and operators with
    the channels last between transpositions.

    Args:
        known: tensors by name; constants are numpy arrays.
    """
    import onnx
    from onnx import numpy_helper

    made = onnx.ModelProto()
    made.CopyFrom(model)
    del made.graph.node[:]
    opset = max(entry.version for entry in model.opset_import if entry.domain in STANDARD)
    writer = _Writer(made.graph, opset)
    for node in model.graph.node:
        if node.domain in STANDARD:
            made.graph.node.append(node)
        elif node.output[0] not in known:  # nothing needs it
            continue
        elif node.domain == domains.CHANNELS_LAST:
            writer.turned(node, len(known[node.input[0]].shape))
        elif isinstance(known.get(node.output[0]), np.ndarray):
            made.graph.initializer.append(numpy_helper.from_array(known[node.output[0]], node.output[0]))
        else:
            writer.quantiser(node, [known.get(name) for name in node.input])
    return made


class _Writer:
    """Appends nodes to a graph."""

    def __init__(self, graph: onnx.GraphProto, opset: int) -> None:
        self._graph, self._opset = graph, opset
        self._names: Iterator[str] = (f"accel_quantiser_{number}" for number in count())

    def quantiser(self, node: onnx.NodeProto, given: list[Any]) -> None:
        """The nodes for one of QONNX's, whose inputs but the first are constants."""
        settings = {one.name: constants.attribute(one) for one in node.attribute}
        x, scale = node.input[0], np.asarray(given[1], np.float32)
        signed, narrow = bool(settings.get("signed", 1)), bool(settings.get("narrow", 0))
        if node.op_type == "BipolarQuant" or (node.op_type != "Trunc" and float(given[3]) == 1 and signed):
            self._sign(x, scale, node.output[0])
            return
        behind, last = scale, np.float32(1)
        x = self._made("Div", x, scale)
        if node.op_type != "Trunc":
            mode, bits = settings.get("rounding_mode", "ROUND"), float(given[3])
        else:
            mode, bits = settings.get("rounding_mode", "FLOOR"), float(given[-1])
            behind = np.asarray(given[4], np.float32) if len(given) == 6 else scale
            steps = behind / scale if len(given) == 6 else np.float32(2 ** (float(given[3]) - bits))
            last = np.asarray(steps, np.float32)
            x = self._made("Div", self._nearest(x), last)
        if node.op_type != "Trunc" or len(given) == 6:
            low, high = whole(bits, signed, narrow)
            x = self._made("Min", self._made("Max", x, np.float32(low)), np.float32(high))
        self._made("Mul", self._rounded(x, mode), behind, output=node.output[0])

    def turned(self, node: onnx.NodeProto, rank: int) -> None:
        """The standard's node for one with the channels last."""
        import onnx

        last, first = [0, *range(2, rank), 1], [0, rank - 1, *range(1, rank - 1)]
        alone = onnx.NodeProto()
        alone.CopyFrom(node)
        alone.domain, alone.output[0] = "", next(self._names)
        for place in range(domains.TURNED[node.op_type]):
            alone.input[place] = self._made("Transpose", node.input[place], perm=first)
        self._graph.node.append(alone)
        self._made("Transpose", alone.output[0], output=node.output[0], perm=last)

    def _sign(self, x: str, scale: np.ndarray, output: str) -> None:
        self._made("Where", self._made("Less", x, np.float32(0)), -scale, scale, output=output)

    def _nearest(self, x: str) -> str:
        """To the nearest integer, halves to an even one: Round, or before opset 11 what float32 does by itself."""
        if self._opset >= ROUND:
            return self._made("Round", x)
        return self._made("Sub", self._made("Add", x, UNIT), UNIT)

    def _rounded(self, x: str, mode: str) -> str:
        rules: dict[Rounding, Callable[[str], str]] = {
            Rounding.RND_CONV: self._nearest,
            Rounding.TRN: lambda y: self._made("Floor", y),
        }
        rule = rules.get(ROUNDINGS[mode.upper()])
        if rule:
            return rule(x)
        size = self._made("Abs", x)
        if ROUNDINGS[mode.upper()] is Rounding.RND_ZERO:
            size = self._made("Ceil", self._made("Sub", size, np.float32(0.5)))
        elif ROUNDINGS[mode.upper()] is Rounding.RND_INF:
            size = self._made("Floor", self._made("Add", size, np.float32(0.5)))
        else:
            size = self._made("Floor", size)
        return self._made("Mul", self._made("Sign", x), size)

    def _made(self, kind: str, *given: Any, output: str | None = None, **attributes: Any) -> str:
        """A node of tensors by name and of constants; the name of what it puts out."""
        from onnx import helper, numpy_helper

        names = []
        for one in given:
            if not isinstance(one, str):
                name = next(self._names)
                self._graph.initializer.append(numpy_helper.from_array(np.asarray(one, np.float32), name))
                one = name
            names.append(one)
        output = output or next(self._names)
        self._graph.node.append(helper.make_node(kind, names, [output], name=output, **attributes))
        return output
