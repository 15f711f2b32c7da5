"""The backend: hls4ml's Vitis flow as it is, between a refusal of known faults and a reproducible project."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hls4ml.backends import FPGABackend
from hls4ml.backends.vitis.vitis_backend import VitisBackend
from hls4ml.backends.vivado.passes.core_templates import HardActivationConfigTemplate
from hls4ml.model.flow import register_flow
from hls4ml.model.optimizer import model_optimizer
from hls4ml.model.types import FixedPrecisionType, NamedType

from accel.errors import AccelError
from accel.hls4ml_plugin import padding, reverse
from accel.reuse import hls_factors

if TYPE_CHECKING:
    import numpy as np
    from hls4ml.model.graph import ModelGraph

HARD = {
    "hard_sigmoid": ("hard_sigmoid", 1 / 6),
    "keras2_hard_sigmoid": ("hard_sigmoid", 0.2),
    "hard_tanh": ("hard_tanh", 0.5),
}
"""By Keras' name: hls4ml's, and the slope of ``clip(slope * x + 0.5, 0, 1)``; the hard tanh is twice that less 1."""


class AccelBackend(VitisBackend):
    """Vitis HLS's project for the C simulation, our RTL for the hardware."""

    def __init__(self) -> None:
        FPGABackend.__init__(self, "Accel")
        self._register_layer_attributes()
        self._register_flows()

    def _init_file_optimizers(self) -> dict[str, Any]:
        return {}  # the passes that would be found are registered already, as vivado: and vitis:

    def _register_flows(self) -> None:
        checks = register_flow(
            "checks",
            ["accel:refuse_faults", "accel:slope_hard_activations", "accel:part_softmax"],
            requires=["optimize"],
            backend=self.name,
        )
        types = register_flow("types", ["accel:choose_types"], requires=["optimize"], backend=self.name)
        padded = register_flow(
            "padded", ["accel:pad_sequences", "accel:repack_forked"], requires=["optimize"], backend=self.name
        )
        for template in reverse.TEMPLATES:
            self.register_template(template)
        own = [f"accel:{template().get_name()}" for template in reverse.TEMPLATES]
        mended = register_flow("mended", ["accel:configure_hard_tanh", *own], requires=["vitis:ip"], backend=self.name)
        self._default_flow = register_flow(
            "ip", None, requires=[checks, types, padded, "vitis:ip", mended], backend=self.name
        )
        self._writer_flow = register_flow(
            "write", ["accel:stamp", "accel:write_hls"], requires=[self._default_flow], backend=self.name
        )

    def create_initial_config(self, **settings: Any) -> dict[str, Any]:
        """hls4ml's for Vitis.

        Raises:
            AccelError: the part is none that the command line would take.
        """
        from accel.synth import parts

        reverse.register()  # here, as hls4ml's converters cannot be imported while it loads its backends
        config = super().create_initial_config(**settings)
        parts.find(config["Part"])
        return config

    def get_valid_reuse_factors(self, n_in: int, n_out: int) -> list[int]:
        """hls4ml's, without trying every number up to the product."""
        return hls_factors(n_in, n_out)

    @model_optimizer()
    def refuse_faults(self, model: ModelGraph) -> None:
        """Stop, in words, at what hls4ml would convert wrongly."""
        from accel.hls import faults

        keras_model = model.config.get_config_value("KerasModel")
        if keras_model is not None:
            faults.check(keras_model, model.config.get_config_value("IOType"), set(model.graph))
        faults.check_strategies(model)
        faults.check_types(model)

    @model_optimizer()
    def choose_types(self, model: ModelGraph) -> None:
        """With `input_data_tb`: types by the ranges that the Keras model has for that data, where the user's
        configuration names none.
        """
        data = model.config.get_config_value("InputData")
        keras_model = model.config.get_config_value("KerasModel")
        if data is not None and keras_model is not None:
            from accel.flow import plugin

            plugin.choose_types(model, keras_model, Path(data))

    @model_optimizer()
    def slope_hard_activations(self, model: ModelGraph) -> None:
        """Give hard sigmoids, of Keras 3 and of Keras 2, and hard tanh the slope that Keras has for them.

        hls4ml has Keras 2's slope for Keras 3's, and no constants at all for the others.
        """
        if model.config.get_config_value("KerasModel") is None:
            return
        for layer in model.get_layers():
            function, slope = HARD.get(layer.get_attr("activation"), (None, None))
            if slope is None or layer.class_name not in ("Activation", "HardActivation"):
                continue
            layer.set_attr("activation", function)
            layer.set_attr("slope", slope)
            layer.set_attr("shift", 0.5)
            for name, width in (("slope", 16), ("shift", 2)):
                precision = FixedPrecisionType(width=width, integer=0, signed=False)
                layer.set_attr(f"{name}_t", NamedType(f"{name}{layer.index}_t", precision))

    @model_optimizer()
    def part_softmax(self, model: ModelGraph) -> None:
        """Tell a softmax that is an activation how many positions it has: in io_parallel hls4ml takes all as one."""
        for layer in model.get_layers():
            if layer.class_name == "Softmax" and layer.get_attr("axis") == -1:
                layer.set_attr("n_outer", math.prod(layer.get_input_variable().shape[:-1]))

    @model_optimizer()
    def pad_sequences(self, model: ModelGraph) -> None:
        """Pad for each convolution of a sequence by itself."""
        padding.pad_sequences(model)

    @model_optimizer()
    def repack_forked(self, model: ModelGraph) -> None:
        """Keep the type of a reshaped stream that is forked."""
        padding.repack_forked(model)

    @model_optimizer()
    def configure_hard_tanh(self, model: ModelGraph) -> None:
        """Write the constants of a hard tanh into its C++, as hls4ml does for the hard sigmoid only."""
        for layer in model.get_layers():
            if layer.class_name == "Activation" and layer.get_attr("slope") is not None:
                layer.set_attr("config_cpp", HardActivationConfigTemplate().format(layer))

    @model_optimizer()
    def stamp(self, model: ModelGraph) -> None:
        """Name the compiled library after what is in the network, where hls4ml draws a random number."""
        digest = hashlib.sha256()
        for layer in model.get_layers():
            facts = {key: str(value) for key, value in layer.attributes.items() if isinstance(value, str | int | float)}
            types = {key: str(value.precision) for key, value in layer.types.items()}
            digest.update(repr((layer.name, sorted(facts.items()), sorted(types.items()))).encode())
            for weight in layer.get_weights():
                digest.update(weight.data.tobytes())
        model.config.config["Stamp"] = digest.hexdigest()[:8]

    def compile(self, model: ModelGraph) -> str:
        """Compile the written project for the C simulation; returns the library's path.

        Raises:
            AccelError: the compiler is missing or refuses the project.
        """
        from accel.hls.csim import compile_project

        return str(compile_project(Path(model.config.get_output_dir()), model.config.get_project_name()))

    def predict(self, model: ModelGraph, x: np.ndarray, sim: str = "csim") -> np.ndarray:
        """Run `x` (frames, *shape) through the C simulation (`sim='csim'`) or through the RTL (`sim='rtl'`)."""
        if sim == "rtl":
            from accel.flow import plugin

            return plugin.simulate_rtl(model, x)
        if sim != "csim":
            raise AccelError(f"sim='{sim}': expected 'csim' (hls4ml's C simulation) or 'rtl'")
        if model._top_function_lib is None:
            model.compile()
        return model._predict(x)

    def build(self, model: ModelGraph, **_: Any) -> dict[str, Any]:
        """The design's report: types, multipliers, cycles and what was measured of them."""
        from accel.flow import plugin

        return plugin.build_report(model)
