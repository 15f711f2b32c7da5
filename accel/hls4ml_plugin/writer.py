"""hls4ml's Vitis project, the same bytes for the same network wherever and whenever it is written.

Two faults of hls4ml 1.3.0 are mended on the way. Its LSTM without static state, which is compiled even though the one
with static state is what runs, hands arrays of accum_t to products declared for the result's type, so that an LSTM
compiles only where the two are the same type. And its pooling in streams ends the process where windows overlap or are
padded: such windows go to `accel_pooling_stream.h`. What it has no kernel for comes with it, too: activations
(`accel_activation_stream.h`, inside recurrent layers `accel_recurrent_activations.h`), the reversal of steps
(`accel_reverse.h`) and a convolution's products with some reuse factors (`accel_dense.h`).
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from hls4ml.writer.vitis_writer import VitisWriter

from accel.errors import AccelError

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph

SOURCE_MODELS = ("KerasModel", "OnnxModel", "PytorchModel")
DENSE, POOLING, ACTIVATIONS = "accel_dense.h", "accel_pooling_stream.h", "accel_activation_stream.h"
RECURRENT = "accel_recurrent_activations.h"
OURS = (DENSE, POOLING, ACTIVATIONS, RECURRENT, "accel_reverse.h")


def _including(header: str) -> dict[str, str]:
    """The end of a header of hls4ml's, and what includes one of ours behind it."""
    return {"} // namespace nnet\n": f'}} // namespace nnet\n\n#include "{header}"\n'}


MENDED = {
    "nnet_recurrent.h": {
        f"nnet::dense<data_T, res_T, typename CONFIG_T::mult_config{product}>": (
            f"nnet::dense<{taken}, typename CONFIG_T::accum_t, typename CONFIG_T::mult_config{product}>"
        )
        for product, taken in ((1, "data_T"), (2, "res_T"))
    },
    "nnet_dense.h": _including(DENSE),
    "nnet_pooling_stream.h": {f"void pooling{axes}d_cl(": f"void pooling{axes}d_beside_cl(" for axes in (1, 2)}
    | _including(POOLING),
    "nnet_activation_stream.h": _including(ACTIVATIONS),
    "nnet_recr_activations.h": _including(RECURRENT),
}
"""In each header, what becomes of what."""


class AccelWriter(VitisWriter):
    """Leaves out the two things that differ from run to run: the saved Keras model (dated) and absolute paths."""

    def write_nnet_utils_overrides(self, model: ModelGraph) -> None:
        """Copy what Vitis has otherwise of hls4ml's headers, mend those, and copy ours."""
        super().write_nnet_utils_overrides(model)
        folder = Path(model.config.get_output_dir()) / "firmware" / "nnet_utils"
        for ours in OURS:
            shutil.copy(Path(__file__).with_name(ours), folder)
        for name, changes in MENDED.items():
            text = (folder / name).read_text()
            for faulty, mended in changes.items():
                if faulty not in text:
                    raise AccelError(f"{name} is not the one of hls4ml 1.3.0; install hls4ml==1.3.0")
                text = text.replace(faulty, mended)
            (folder / name).write_text(text)

    def write_yml(self, model: ModelGraph) -> None:
        """Write hls4ml_config.yml without the source model; its output folder is the one it lies in."""
        config = {key: value for key, value in model.config.config.items() if key not in SOURCE_MODELS}
        folder = Path(model.config.get_output_dir())
        (folder / "hls4ml_config.yml").write_text(yaml.safe_dump({**config, "OutputDir": "."}))
