"""The reversal of a sequence's steps as a layer of hls4ml's, with our own kernel (``accel_reverse.h``)."""

from __future__ import annotations

from typing import Any

from hls4ml.backends.template import FunctionCallTemplate, LayerConfigTemplate
from hls4ml.model.attributes import Attribute
from hls4ml.model.layers import Layer, register_layer

HANDLED = "accel.intake.directions.ReverseSteps"


class ReverseSteps(Layer):
    """As `accel.intake.directions.ReverseSteps`; the type may change."""

    _expected_attributes = (Attribute("n_steps"), Attribute("n_chan"))

    def initialize(self) -> None:
        """Called by hls4ml."""
        shape = self.get_input_variable().shape
        self.set_attr("n_steps", int(shape[0]))
        self.set_attr("n_chan", int(shape[-1]))
        self.add_output_variable(shape)


class ReverseConfig(LayerConfigTemplate):
    """Its sizes in C++."""

    def __init__(self) -> None:
        super().__init__(ReverseSteps)

    def format(self, node: Layer) -> str:
        """The struct."""
        sizes = "".join(
            f"    static const unsigned {size} = {node.get_attr(size)};\n" for size in ("n_steps", "n_chan")
        )
        return f"struct config{node.index} {{\n{sizes}}};\n"


class ReverseFunction(FunctionCallTemplate):
    """Its call in C++."""

    def __init__(self) -> None:
        super().__init__(ReverseSteps, include_header=["nnet_utils/accel_reverse.h"])

    def format(self, node: Layer) -> str:
        """The statement."""
        call = "nnet::reverse_steps<{input_t}, {output_t}, {config}>({input}, {output});"
        return call.format(**self._default_function_params(node))


TEMPLATES = (ReverseConfig, ReverseFunction)


def register() -> None:
    """Let hls4ml's Keras 3 converter know the layer."""
    from hls4ml.converters.keras_v3._base import KerasV3LayerHandler, registry

    class Handler(KerasV3LayerHandler):
        """Nothing of the layer but its shape."""

        def handle(self, layer: Any, in_tensors: Any, out_tensors: Any) -> dict[str, Any]:
            return {"class_name": "ReverseSteps"}

    registry.setdefault(HANDLED, Handler())


register_layer("ReverseSteps", ReverseSteps)
