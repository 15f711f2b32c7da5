"""The file's own runtime: tf_keras, which is Keras 2 and can be installed beside Keras 3."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.errors import AccelError

if TYPE_CHECKING:
    import keras

PACKAGE = "tf_keras"
INSTALL = "pip install tf-keras"
INPUTS, OPEN_SIZE = 4, 16
TOLERANCE = 1e-5
"""Of the largest output, or of 1 where that is smaller: float32 has 6e-8, and its sums are in another order."""

HALF = 1e-2
"""The same for a model that computes in halves, of which float16 has 5e-4 and bfloat16 4e-3."""


def here() -> bool:
    """Whether tf_keras is installed."""
    return importlib.util.find_spec(PACKAGE) is not None


def compared(model: keras.Model, load: Callable[[Any], Any]) -> str:
    """In words, how the outputs of `model` compare with those of the model that `load(tf_keras)` gives.

    `load` is called only once every class in the file is known to be Keras' own.

    Raises:
        AccelError: they differ.
    """
    if not here():
        return f"not compared with Keras 2, which is not installed here ({INSTALL})"
    import tf_keras

    x = inputs(model)
    try:
        loaded = load(tf_keras)
        old = loaded.predict(x, verbose=0)
        new = model.predict(x, verbose=0)
    except Exception as error:  # of the old runtime: layouts that a CPU does not compute, files too old for it
        return f"not compared with tf_keras, which cannot run it: {' '.join(str(error).split())}"
    halves = any("float16" in layer.compute_dtype for layer in loaded._flatten_layers())
    return equal(_listed(old), _listed(new), HALF if halves else TOLERANCE)


def inputs(model: keras.Model) -> Any:
    """Seeded noise of the model's shapes, `OPEN_SIZE` where they leave a size open."""
    rng = np.random.default_rng(0)
    sizes = [[OPEN_SIZE if size is None else size for size in tensor.shape[1:]] for tensor in model.inputs]
    batch = model.inputs[0].shape[0] or INPUTS
    x = [rng.uniform(-1, 1, (batch, *shape)).astype(np.float32) for shape in sizes]
    return x[0] if len(x) == 1 else x


def _listed(outputs: Any) -> list[np.ndarray]:
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


def equal(old: list[np.ndarray], new: list[np.ndarray], tolerance: float = TOLERANCE) -> str:
    """In words, that outputs are equal up to a `tolerance`.

    Raises:
        AccelError: they are not.
    """
    far = furthest(old, new, "tf_keras", tolerance)
    return f"its outputs equal those of tf_keras (to {far:.1g} on {INPUTS} seeded inputs)"


def furthest(old: Any, new: Any, origin: str, tolerance: float = TOLERANCE) -> float:
    """The largest difference of ``new`` outputs from ``old`` ones, which are from ``origin``.

    Raises:
        AccelError: they are not equal.
    """
    pairs = [(np.asarray(a), np.asarray(b)) for a, b in zip(_listed(old), _listed(new), strict=True)]
    most = max(float(np.max(np.abs(a - b), initial=0)) for a, b in pairs)
    scale = max(1.0, *(float(np.max(np.abs(a), initial=0)) for a, _ in pairs))
    if not most <= tolerance * scale:
        raise AccelError(
            f"its outputs in Keras 3 differ by {most:.2g} from those in {origin}; this is a fault of accel: please "
            "report it"
        )
    return most
