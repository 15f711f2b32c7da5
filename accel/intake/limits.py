"""What a model takes before it is made and when it runs: a small file can ask for any memory."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING, Any

from accel.data import unpacked
from accel.errors import AccelError, Refusal
from accel.intake import code

if TYPE_CHECKING:
    import keras

MOST_NUMBERS = 1 << 28
"""What all layers of a model may put out for one frame."""

CONFIGURATION = 64 << 20
"""Bytes that a configuration may have: no weights are in it."""


def numbers(model: keras.Model) -> int:
    """How many numbers all layers, and the input, put out for a frame; open sizes count as 1."""
    made = [getattr(layer, "output", None) for layer in model.layers]
    tensors = [tensor for one in made for tensor in (one if isinstance(one, list | tuple) else [one])]
    return sum(prod(size or 1 for size in tensor.shape[1:]) for tensor in tensors if hasattr(tensor, "shape"))


def check_run(model: keras.Model) -> None:
    """Refuse a model whose layers put out too much; nothing runs it before this was asked.

    Raises:
        AccelError: they put out more than ``MOST_NUMBERS`` for a frame.
    """
    graph = getattr(model, "_functional", None) or model
    if hasattr(graph, "_nodes_by_depth") and (made := numbers(graph)) > MOST_NUMBERS:
        raise AccelError(
            f"model '{model.name}': its layers put out {made:,} numbers a frame; expected at most {MOST_NUMBERS:,}"
        )


def check_states(config: Any) -> None:
    """Refuse a configuration of Keras 3 with a layer that keeps its state from frame to frame: `check_weights` cannot
    make it.

    Raises:
        Refusal: names the layer.
    """
    for layer, kind, found in code.objects(config):
        inner = found.get("config")
        if isinstance(inner, dict) and inner.get("stateful"):
            raise Refusal(
                f"layer '{layer}' ({kind}): stateful=True, but each frame starts anew; expected stateful=False", layer
            )


def check_weights(load: Callable[[], keras.Model]) -> None:
    """Refuse a model of Keras 3 whose weights would be too large: `load` makes it here without any.

    Raises:
        AccelError: they would take more than `unpacked.LARGEST` bytes.
        Exception: whatever Keras raises of what it cannot load.
    """
    import keras
    from keras.src.backend.common import global_state

    waiting = list(global_state.get_global_attribute("uninitialized_variables", []))
    try:
        with keras.StatelessScope(initialize_variables=False):
            model = load()
    finally:  # Keras makes all that wait with the next model, these as well
        global_state.set_global_attribute("uninitialized_variables", waiting)
    size = 4 * sum(prod(weight.shape) for weight in model.weights)
    if size > unpacked.LARGEST:
        raise AccelError(f"its weights would take {size:,} bytes; expected at most {unpacked.LARGEST:,}")


def check_configuration(size: int) -> None:
    """Refuse a configuration of `size` bytes, which is not read yet.

    Raises:
        AccelError: it has more than ``CONFIGURATION``.
    """
    if size > CONFIGURATION:
        raise AccelError(f"a configuration of {size:,} bytes; expected at most {CONFIGURATION:,}")
