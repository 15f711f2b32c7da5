"""The backend: hls4ml's Vitis flow as it is, between a refusal of known faults and a reproducible project."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hls4ml.backends import FPGABackend
from hls4ml.backends.vitis.vitis_backend import VitisBackend
from hls4ml.model.flow import register_flow
from hls4ml.model.optimizer import model_optimizer

from accel.errors import AccelError

if TYPE_CHECKING:
    import numpy as np
    from hls4ml.model.graph import ModelGraph


class AccelBackend(VitisBackend):
    """Vitis HLS's project for the C simulation, our RTL for the hardware."""

    def __init__(self) -> None:
        FPGABackend.__init__(self, "Accel")
        self._register_layer_attributes()
        self._register_flows()

    def _init_file_optimizers(self) -> dict[str, Any]:
        return {}  # the passes that would be found are registered already, as vivado: and vitis:

    def _register_flows(self) -> None:
        checks = register_flow("checks", ["accel:refuse_faults"], backend=self.name)
        types = register_flow("types", ["accel:choose_types"], requires=["optimize"], backend=self.name)
        self._default_flow = register_flow("ip", None, requires=[checks, types, "vitis:ip"], backend=self.name)
        self._writer_flow = register_flow(
            "write", ["accel:stamp", "accel:write_hls"], requires=[self._default_flow], backend=self.name
        )

    def create_initial_config(self, **settings: Any) -> dict[str, Any]:
        """hls4ml's for Vitis.

        Raises:
            AccelError: the part is none that the command line would take.
        """
        from accel.synth import parts

        config = super().create_initial_config(**settings)
        parts.find(config["Part"])
        return config

    @model_optimizer()
    def refuse_faults(self, model: ModelGraph) -> None:
        """Stop, in words, at what hls4ml would convert wrongly."""
        from accel.hls import faults

        keras_model = model.config.get_config_value("KerasModel")
        if keras_model is not None:
            faults.check(keras_model, model.config.get_config_value("IOType"))
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
