"""hls4ml's backend `Accel`: Vitis HLS's project and C simulation, and the RTL beside it.

The entry point of the group `hls4ml.backends` is `register`. Nothing here imports Keras, TensorFlow or cocotb before it
is needed, as hls4ml loads its plugins whenever it is imported.
"""

from __future__ import annotations

from typing import Any


def register(*, register_backend: Any, register_writer: Any) -> None:
    """Called by hls4ml when it loads its plugins."""
    from accel.hls4ml_plugin.backend import AccelBackend
    from accel.hls4ml_plugin.writer import AccelWriter

    register_writer("Accel", AccelWriter)
    register_backend("Accel", AccelBackend)


# Behind `register`, which hls4ml looks for in here as soon as it is imported, and before any module of this package.
import hls4ml  # noqa: E402, F401
