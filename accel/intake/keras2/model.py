"""A Keras 3 model from the configuration that Keras 1 or 2 wrote: Sequential, functional, and either inside another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from accel.data import unpacked
from accel.errors import AccelError
from accel.intake.keras2 import functions, operations
from accel.intake.keras2.layers import NEUTRAL, Settings, refused, translated

if TYPE_CHECKING:
    import keras

SEQUENTIAL, FUNCTIONAL = ("Sequential",), ("Functional", "Model")
OPERATIONS = ("TFOpLambda", "SlicingOpLambda")


@dataclass(frozen=True, eq=False)
class Part:
    """A layer that was built: its old class, its `layer` in Keras 3, and the `parts` of a model, in the old order.

    A TimeDistributed or Bidirectional layer has what it wraps as its parts.
    """

    name: str
    kind: str
    settings: Settings
    layer: keras.Layer
    parts: tuple[Part, ...] = ()

    def leaves(self) -> Iterator[Part]:
        """The parts that have weights of their own, in the old order."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


def build(config: dict[str, Any]) -> Part:
    """The model that `config` describes, its weights as they happen to be.

    Raises:
        AccelError: names the layer that cannot be built, and why.
    """
    return _model(config, None)


def _settings(config: dict[str, Any]) -> tuple[Settings, list[dict[str, Any]]]:
    """A model's own settings and its layers'; early Sequentials are a mere list of layers."""
    inner = config.get("config")
    if isinstance(inner, list):
        inner = {"name": "sequential", "layers": inner}
    if not isinstance(inner, dict) or not isinstance(inner.get("layers"), list):
        raise AccelError(f"model '{config.get('class_name')}': expected the configuration of a Keras model with layers")
    return inner, inner["layers"]


def _model(config: dict[str, Any], shape: tuple[int | None, ...] | None) -> Part:
    """`shape` is what a model inside another one reads, batch axis and all, where its layers do not tell."""
    kind = config.get("class_name")
    if kind not in (*SEQUENTIAL, *FUNCTIONAL):
        raise AccelError(
            f"model of class {kind}: a class of its own, whose code is not in the file; expected a Sequential or "
            "functional model"
        )
    settings, layers = _settings(config)
    made = _sequential(settings, layers, shape) if kind in SEQUENTIAL else _functional(settings, layers)
    model, parts = made
    return Part(settings.get("name", kind), kind, settings, model, parts)


def _sequential(settings: Settings, layers: list, shape: tuple | None) -> tuple[keras.Model, tuple[Part, ...]]:
    import keras

    given = _first_shape(layers) or settings.get("build_input_shape") or shape
    if given is None:
        raise AccelError(
            f"model '{settings.get('name')}': its file does not tell the shape of its inputs; expected one that was "
            "built (begin it with keras.Input(shape), or train it, before it is saved)"
        )
    x = inputs = _input(given, _stateful(layers), str(_of_first(layers, "name") or "input"))
    parts = []
    for entry in layers:
        if entry["class_name"] == "InputLayer":
            continue
        part = _layer(entry["class_name"], entry["config"], tuple(x.shape))
        x = _called(part, x, {})
        parts.append(part)
    return keras.Model(inputs, x, name=_plain(settings.get("name", "sequential"))), tuple(parts)


def _of_first(layers: list, key: str) -> Any:
    """What the first layer's settings, or those of the model that it is, say of `key`."""
    first = layers[0] if layers else {"class_name": "", "config": {}}
    if first["class_name"] == "InputLayer":
        return first["config"].get(key)
    return None


def _first_shape(layers: list) -> tuple | None:
    """Shape of what the first layer says that it reads, batch axis and all."""
    while layers and layers[0]["class_name"] in (*SEQUENTIAL, *FUNCTIONAL):
        layers = _settings(layers[0])[1]
    settings = layers[0]["config"] if layers else {}
    return settings.get("batch_input_shape") or settings.get("batch_shape")


def _stateful(layers: list) -> bool:
    """Only then the size of a batch is a part of the function."""
    return any(isinstance(entry["config"], dict) and entry["config"].get("stateful") for entry in layers)


def _input(shape: Any, stateful: bool, name: str) -> keras.KerasTensor:
    import keras

    batch, *sizes = shape
    return keras.Input(batch_shape=(batch if stateful else None, *sizes), name=_plain(name))


def _plain(name: str) -> str:
    return name.replace("/", "_")


def _layer(kind: str, settings: Settings, shape: tuple | None) -> Part:
    """The layer, or the model, that reads `shape`."""
    import keras

    if kind in (*SEQUENTIAL, *FUNCTIONAL):
        return _model({"class_name": kind, "config": settings}, shape)
    new = translated(kind, settings)
    inner = [_wrapped(new.settings, key, shape) for key in ("layer", "backward_layer") if new.settings.get(key)]
    arguments = new.settings | dict(zip(("layer", "backward_layer"), (part.layer for part in inner), strict=False))
    for key in ("activation", "recurrent_activation"):
        if key in arguments:
            arguments[key] = functions.by_name().get(arguments[key], arguments[key])
    name = str(settings.get("name", kind.lower()))
    try:
        layer = getattr(keras.layers, new.kind)(**arguments)
    except (ValueError, TypeError) as error:
        raise refused(name, kind, " ".join(str(error).split())) from error
    return Part(name, kind, settings, layer, tuple(inner) if new.kind == "TimeDistributed" else ())


def _wrapped(settings: Settings, key: str, shape: tuple | None) -> Part:
    inner = settings[key]
    step = shape and (*shape[:1], *shape[2:])
    return _layer(inner["class_name"], inner["config"], step)


def _called(part: Part, given: Any, more: dict[str, Any]) -> Any:
    """What the layer makes of the tensors."""
    if (size := 4 * _least(part.settings, given)) > unpacked.LARGEST:
        why = f"its weights would take {size:,} bytes; expected at most {unpacked.LARGEST:,}"
        raise refused(part.name, part.kind, why)
    try:
        return part.layer(given, **more)
    except AccelError:
        raise
    except Exception as error:  # keras raises whatever TensorFlow and its own layers do
        raise refused(part.name, part.kind, " ".join(str(error).split())) from error


def _least(settings: Settings, given: Any) -> int:
    """Numbers that a layer of these settings has at least in the kernel that reads the tensor."""
    wide = next((settings[key] for key in ("units", "filters", "output_dim", "nb_filter") if settings.get(key)), None)
    size = settings.get("kernel_size") or 1
    if not hasattr(given, "shape") or not wide:
        return 0
    channels = given.shape[1] if settings.get("data_format") == "channels_first" else given.shape[-1]
    return prod((channels or 1, wide, *(size if isinstance(size, list) else [size])))


def _functional(settings: Settings, layers: list) -> tuple[keras.Model, tuple[Part, ...]]:
    import keras

    starts, ends = (_references(settings[f"{side}_layers"]) for side in ("input", "output"))
    graph = _Graph(layers, ends)
    graph.call_all()
    inputs, outputs = ([graph.tensor(reference) for reference in side] for side in (starts, ends))
    return keras.Model(inputs, outputs, name=_plain(settings.get("name", "model"))), tuple(graph.parts())


def _references(given: Any) -> list[list]:
    """[layer, node, tensor] of each; a single one may stand alone."""
    if isinstance(given, dict):
        given = list(given.values())
    return [given] if given and isinstance(given[0], str) else given


class _Graph:
    """The calls of a functional model, done when their results are asked for."""

    def __init__(self, layers: list[dict[str, Any]], ends: list[list]) -> None:
        self._entries = {entry.get("name") or entry["config"]["name"]: entry for entry in layers}
        self._stateful = _stateful(layers)
        self._parts: dict[str, Part] = {}
        self._made: dict[tuple[str, int], Any] = {}
        self._calls = {name: _calls(entry) for name, entry in self._entries.items()}
        self._first: dict[str, int] = defaultdict(int)  # a model inside counts its calls from 1: it was made by one
        numbers = defaultdict(set)
        read = [reference for calls in self._calls.values() for call in calls for reference in _tensors(call)]
        for name, node, *_ in (*read, *ends):
            numbers[name].add(node)
        self._first.update({name: min(nodes) for name, nodes in numbers.items()})

    def call_all(self) -> None:
        """In the file's order, which is about that of the graph: a deep one is no deep recursion then."""
        for name, calls in self._calls.items():
            for number in range(len(calls)):
                self.tensor([name, number + self._first[name], 0])

    def tensor(self, reference: list) -> Any:
        """What the call that `reference` names made."""
        name, node, index = reference[:3]
        number = node - self._first[name]
        if (name, number) not in self._made:
            self._made[name, number] = self._call(name, number)
        made = self._made[name, number]
        return made[index] if isinstance(made, list | tuple) else made

    def parts(self) -> Iterator[Part]:
        """Those built, in the file's order."""
        return (self._parts[name] for name in self._entries if name in self._parts)

    def _call(self, name: str, number: int) -> Any:
        if name not in self._entries:
            raise AccelError(f"layer '{name}': is read by another one and not in the file")
        entry = self._entries[name]
        kind, settings = entry["class_name"], entry["config"]
        if kind == "InputLayer":
            return self._input(name, settings)
        call = self._calls[name][number]
        given = [self._value(reference) for reference in call]
        more = {key: self._argument(value) for key, value in _keywords(call).items()}
        single = given[0] if len(given) == 1 else given
        if kind in OPERATIONS:
            return operations.called(name, kind, settings["function"], single, more)
        if name not in self._parts:
            shape = tuple(given[0].shape) if hasattr(given[0], "shape") else None
            early = isinstance(settings, list)  # a Sequential inside the model
            self._parts[name] = _layer(kind, {"name": name, "layers": settings} if early else settings, shape)
        return _called(self._parts[name], single, more)

    def _input(self, name: str, settings: Settings) -> Any:
        for key in ("sparse", "ragged"):
            if settings.get(key):
                raise refused(name, "InputLayer", f"{key}={settings[key]} is not read; expected {key}={NEUTRAL[key]}")
        return _input(settings.get("batch_input_shape") or settings["batch_shape"], self._stateful, name)

    def _value(self, reference: list) -> Any:
        return reference[2] if reference[0] == "_CONSTANT_VALUE" else self.tensor(reference)

    def _argument(self, value: Any) -> Any:
        return self.tensor(value) if self._refers(value) else value

    def _refers(self, value: Any) -> bool:
        return isinstance(value, list) and len(value) >= 3 and isinstance(value[0], str) and value[0] in self._entries


def _calls(entry: dict[str, Any]) -> list[list[list]]:
    """Each call of the layer: [layer, node, tensor, keywords?] of each tensor that it reads."""
    return [[call] if call and isinstance(call[0], str) else call for call in entry.get("inbound_nodes", [])]


def _keywords(call: list[list]) -> dict[str, Any]:
    return call[0][3] if call and len(call[0]) > 3 and isinstance(call[0][3], dict) else {}


def _tensors(call: list[list]) -> list[list]:
    """All that the call reads, as keywords, too."""
    named = [v for v in _keywords(call).values() if isinstance(v, list) and len(v) >= 3 and isinstance(v[0], str)]
    return [*call, *named]
