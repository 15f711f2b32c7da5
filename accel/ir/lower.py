"""From hls4ml's ModelGraph to the frozen integer graph.

Types, fused layers and weights are taken after hls4ml's own optimisations, so that both say the same network.
"""

from __future__ import annotations

from collections.abc import Iterator

from accel.errors import AccelError
from accel.ir.graph import Graph, Node, Tensor
from accel.ir.lowerings import NO_PAD, Unsupported, node_of, padded, padding, tensor_of


def lower(model) -> Graph:
    """The integer graph of a converted hls4ml ModelGraph (io_stream; backend Accel or Vitis).

    Raises:
        Unsupported: naming the layer, what it is, and what would be accepted.
    """
    io_type = model.config.get_config_value("IOType")
    if io_type != "io_stream":
        raise Unsupported(f"the RTL is a streaming design: IO is '{io_type}', expected io_stream")
    nodes = []
    for made in _lowered(model):
        if isinstance(made, Unsupported):
            raise made
        nodes.append(made)
    return Graph(model.config.get_project_name(), _given(model), tuple(nodes))


def refusals(model) -> Iterator[Unsupported]:
    """All for which `lower` would refuse the model (io_stream)."""
    return (made for made in _lowered(model) if isinstance(made, Unsupported))


def _given(model) -> Tensor:
    first = next(iter(model.get_layers()))
    try:
        return tensor_of(first)
    except AccelError as error:
        raise Unsupported(f"layer '{first.name}': {error}") from None


def _lowered(model) -> Iterator[Node | Unsupported]:
    """A node for each layer that computes, or why there is none."""
    yield from _branches(model)
    first, *layers = model.get_layers()
    layer, made = first, first.outputs[0]
    tensors, pads = {made: _given(model)}, {}
    for layer in layers:
        if layer.class_name == "Clone":
            continue
        source, made = layer.inputs[0], layer.outputs[0]
        try:
            tensor = tensors.get(source) or tensor_of(layer.get_input_node())
            if layer.class_name in ("ZeroPadding1D", "ZeroPadding2D"):
                tensors[made], pads[made] = tensor, padding(layer, tensor, pads.get(source, NO_PAD))
                continue
            node = node_of(layer, tensor)
            node = padded(node, pads[source]) if source in pads else node
        except AccelError as error:
            yield Unsupported(str(error), layer.name)
            continue
        tensors[made] = node.output
        yield node
    if made in pads:
        told = "pads the network's output; expected padding before a convolution"
        yield Unsupported(f"layer '{layer.name}' {told}", layer.name)


def _branches(model) -> Iterator[Unsupported]:
    """The first layer that is not one of a chain."""
    first, *layers = model.get_layers()
    source = first.outputs[0]
    for layer in layers:
        if layer.class_name == "Clone":  # hls4ml puts one where a stream forks
            name = layer.get_input_node().name
            yield Unsupported(f"layer '{name}': several layers read it; expected one chain", name)
            return
        if list(layer.inputs) != [source] or len(layer.outputs) != 1:
            read = f"layer '{layer.name}' ({layer.class_name}) reads {', '.join(layer.inputs)}"
            told = "expected one chain of layers, without branches or second inputs"
            yield Unsupported(f"{read}; {told}", layer.name)
            return
        source = layer.outputs[0]
