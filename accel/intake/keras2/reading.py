"""A model of Keras 1 or 2, whatever kind of file it came in, as a model of Keras 3 that computes the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from accel.intake import limits
from accel.intake.hgq import proxy
from accel.intake.keras2 import original, weights
from accel.intake.keras2.hdf5 import Stored
from accel.intake.keras2.model import build
from accel.intake.qkeras import reading as qkeras
from accel.intake.reading import Reading

if TYPE_CHECKING:
    import keras


BY_NAME = (qkeras, proxy)
"""What reads quantised models of Keras 2 without their packages."""


def translated(stored: Stored, fill: Callable[[Any], None] | None, load: Callable[[Any], Any]) -> Reading:
    """The model of `stored`, and in words how it was read.

    Args:
        fill: puts the weights into the Keras 3 model where `stored` has no groups of them.
        load: reads the file with tf_keras, which it is given.

    Raises:
        AccelError: names the layer that cannot be translated, and what to do.
    """
    for reader in BY_NAME:
        if reader.holds(stored.config):
            return reader.read(stored)
    made = build(stored.config)
    if stored.groups is None:
        fill(made.layer)
    else:
        weights.fill(made.parts, stored.groups, stored.origin)
    if stored.major == 1:
        return Reading(made.layer, f"a model of Keras {stored.version}, which nothing here runs, translated to Keras 3")
    return reading(made.layer, f"Keras {stored.version}", load)


def read_by_name(config: dict[str, Any]) -> bool:
    """Whether a configuration has classes that are no layers of Keras, and are read by their names."""
    return any(reader.holds(config) for reader in BY_NAME)


def reading(model: keras.Model, writer: str, load: Callable[[Any], Any]) -> Reading:
    """The translated `model`, and in a line who wrote it and how its outputs compare with the original's."""
    limits.check_run(model)
    return Reading(model, f"a model of {writer}, translated to Keras 3; {original.compared(model, load)}")
