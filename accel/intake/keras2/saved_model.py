"""What Keras 2 put into a SavedModel: the configuration as metadata, the weights in TensorFlow's checkpoint.

Both are read as data. The functions in the SavedModel, which are programs, are neither loaded nor run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accel.errors import AccelError
from accel.intake.keras2.weights import Origin, put

if TYPE_CHECKING:
    import keras
    import numpy as np

    from accel.intake.keras2.model import Part

METADATA, MODEL, CHECKPOINT = "keras_metadata.pb", "saved_model.pb", "variables/variables"
MODELS = ("_tf_keras_sequential", "_tf_keras_network", "_tf_keras_model")


def stored(folder: Path) -> tuple[dict[str, Any], str]:
    """The configuration of the model in `folder`, and the version of TensorFlow that wrote it.

    Raises:
        AccelError: there is none in it.
    """
    from tensorflow.core.protobuf import saved_model_pb2

    model = saved_model_pb2.SavedModel()
    model.ParseFromString((folder / MODEL).read_bytes())
    if not model.meta_graphs:
        raise AccelError("a SavedModel without a graph; expected one that Keras 2 wrote (model.save('folder'))")
    graph = model.meta_graphs[0]
    root = _metadata(folder) or _early(graph.object_graph_def)
    config = _plain(json.loads(root)) if root else {}
    if not isinstance(config.get("config"), dict) or "layers" not in config["config"]:
        raise AccelError(
            "a SavedModel without the configuration of Keras' layers (a subclass, or not written by Keras 2's "
            "model.save('folder')); expected that, or an export to ONNX: python -m tf2onnx.convert --saved-model "
            f"{folder.name} --output {folder.name}.onnx"
        )
    return config, graph.meta_info_def.tensorflow_version


def _metadata(folder: Path) -> str | None:
    """What TensorFlow 2.5 and later say of the model."""
    from tensorflow.python.keras.protobuf import saved_metadata_pb2

    path = folder / METADATA
    if not path.is_file():
        return None
    known = saved_metadata_pb2.SavedMetadata()
    known.ParseFromString(path.read_bytes())
    return next((node.metadata for node in known.nodes if node.identifier in MODELS and node.node_path == "root"), None)


def _early(graph: Any) -> str | None:
    """What TensorFlow 2.0 to 2.4 say of it, in the graph of objects."""
    objects = (node.user_object for node in graph.nodes if node.HasField("user_object"))
    return next((found.metadata for found in objects if found.identifier in MODELS), None)


def _plain(value: Any) -> Any:
    """Without the marks of tuples."""
    if isinstance(value, dict):
        if value.get("class_name") in ("__tuple__", "TensorShape"):
            return [_plain(item) for item in value["items"]]
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def fill(folder: Path, parts: Sequence[Part]) -> None:
    """Put the checkpoint's arrays into `parts`.

    Raises:
        AccelError: names the layer whose arrays are missing, or of other shapes than it has.
    """
    import tensorflow as tf
    from tensorflow.core.protobuf import trackable_object_graph_pb2

    reader = tf.train.load_checkpoint(str(folder / CHECKPOINT))
    graph = trackable_object_graph_pb2.TrackableObjectGraph()
    graph.ParseFromString(reader.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH"))
    for part, path in _leaves(parts, ()):
        put(part, [_array(reader, graph, (*path, *inner), part) for inner in _paths(part.layer)], Origin())


def _leaves(parts: Sequence[Part], path: tuple[str, ...]) -> Iterator[tuple[Part, tuple[str, ...]]]:
    """Each part that has weights of its own, and where TensorFlow keeps it: layers with weights are counted."""
    for number, part in enumerate(part for part in parts if part.layer.weights):
        place = (*path, f"layer_with_weights-{number}")
        while type(part.layer).__name__ == "TimeDistributed":
            (part,), place = part.parts, (*place, "layer")
        if part.parts:
            yield from _leaves(part.parts, place)
        else:
            yield part, place


def _paths(layer: keras.Layer) -> list[tuple[str, ...]]:
    """Where below a layer its weights are kept, in their order."""
    if type(layer).__name__ == "Bidirectional":
        sides = {"forward_layer": layer.forward_layer, "backward_layer": layer.backward_layer}
        return [(side, *inner) for side, half in sides.items() for inner in _paths(half)]
    cell = ("cell",) if hasattr(layer, "cell") else ()
    depthwise = {"kernel": "depthwise_kernel"} if type(layer).__name__.startswith("Depthwise") else {}
    return [(*cell, depthwise.get(weight.name, weight.name)) for weight in layer.weights]


def _array(reader: Any, graph: Any, path: tuple[str, ...], part: Part) -> np.ndarray:
    node = graph.nodes[0]
    for name in path:
        child = next((child.node_id for child in node.children if child.local_name == name), None)
        if child is None:
            raise AccelError(f"layer '{part.name}' ({part.kind}): the checkpoint has no {'/'.join(path)}")
        node = graph.nodes[child]
    return reader.get_tensor(node.attributes[0].checkpoint_key)
