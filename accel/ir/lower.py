"""From hls4ml's ModelGraph to the frozen integer graph.

Types, fused layers and weights are taken after hls4ml's own optimisations, so that both say the same network.
"""

from __future__ import annotations

from collections.abc import Iterator

from accel.errors import AccelError
from accel.ir.graph import Graph, Node, Tensor
from accel.ir.lowerings import NO_PAD, PADDINGS, Unsupported, in_windows, node_of, padded, padding, tensor_of


def lower(model) -> Graph:
    """The integer graph of a converted hls4ml ModelGraph (backend Accel or Vitis).

    It is the same for io_stream and io_parallel, but where hls4ml's kernels differ: then it is that of the one asked
    for, and the hardware streams all the same.

    Raises:
        Unsupported: naming the layer, what it is, and what would be accepted.
    """
    lowering = _Lowering()
    nodes = []
    for made in lowering.layers(model):
        if isinstance(made, Unsupported):
            raise made
        nodes.append(made)
    inputs, outputs = (tuple(lowering.tensors[name] for name in ends) for ends in (model.inputs, model.outputs))
    return Graph(model.config.get_project_name(), inputs, tuple(nodes), outputs)


def refusals(model) -> Iterator[Unsupported]:
    """All for which `lower` would refuse the model."""
    return (made for made in _Lowering().layers(model) if isinstance(made, Unsupported))


class _Lowering:
    """The nodes of a model, made one after the other.

    ``tensors``: by hls4ml's names of its variables. ``_pads``: zeros around some of them that are in no tensor, as the
    window that reads them has them.
    """

    def __init__(self) -> None:
        self.tensors: dict[str, Tensor] = {}
        self._pads: dict[str, tuple[int, ...]] = {}

    def layers(self, model) -> Iterator[Node | Unsupported]:
        """A node for each layer that computes, or why there is none."""
        for layer in model.get_layers():
            try:
                node = self._node(layer)
            except AccelError as error:
                yield Unsupported(str(error), layer.name)
                continue
            if node is not None:
                self.tensors[layer.outputs[0]] = node.output
                yield node

    def _node(self, layer) -> Node | None:
        """None for a layer that only passes on what it reads, or that a window does for it."""
        if layer.class_name == "Input":
            try:
                self.tensors[layer.outputs[0]] = tensor_of(layer)
            except AccelError as error:
                raise Unsupported(f"layer '{layer.name}': {error}") from None
            return None
        sources = [self.tensors.get(name) or tensor_of(layer.get_input_node(name)) for name in layer.inputs]
        pad = next((self._pads[name] for name in layer.inputs if name in self._pads), None)
        if layer.class_name == "Clone":  # hls4ml's fork of a stream
            self.tensors |= dict.fromkeys(layer.outputs, sources[0])
            self._pads |= dict.fromkeys(layer.outputs, pad) if pad else {}
            return None
        if layer.class_name in PADDINGS and in_windows(layer, zeros := padding(layer, sources[0], pad or NO_PAD)):
            self.tensors[layer.outputs[0]] = sources[0]
            self._pads[layer.outputs[0]] = zeros
            return None
        node = node_of(layer, *sources)
        return node if pad is None else padded(node, pad)
