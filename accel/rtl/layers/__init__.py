"""Layer generators: one file per family, each registering itself with ``base.instances``."""

from __future__ import annotations

from accel.rtl.layers import activations, affine, elementwise, joins, pooling, recurrent  # noqa: F401  (registration)
from accel.rtl.layers.base import Instance, Stream, instances, joined

__all__ = ["Instance", "Stream", "instances", "joined"]
