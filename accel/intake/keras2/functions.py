"""Activations that Keras 3 has no more."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@cache
def by_name() -> dict[str, Callable[[Any], Any]]:
    """Each function by its registered name; Keras writes and reads it in a file once this was called."""
    import keras

    @keras.saving.register_keras_serializable(package="accel", name="hard_sigmoid")
    def keras2_hard_sigmoid(x: Any) -> Any:
        """Keras 1's and 2's: 0.2 x + 0.5, between 0 and 1, where Keras 3 has x / 6 + 0.5."""
        return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)

    return {"accel>hard_sigmoid": keras2_hard_sigmoid}
