"""Layer generators: one file per family, each registering itself with ``base.instances``."""

from __future__ import annotations

from accel.rtl.layers import (  # noqa: F401  (registration)
    activations,
    affine,
    elementwise,
    joins,
    pooling,
    recurrent,
    shaping,
)
from accel.rtl.layers.base import Instance, Stream, instances, joined

__all__ = ["Instance", "Stream", "instances", "joined"]
