"""A small model for each Keras layer, and for each setting of it that makes a difference to what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

VECTOR, STEPS, IMAGE, VOLUME = (4,), (6, 4), (6, 6, 4), (4, 4, 4, 2)

KERNEL = {"filters": 4, "kernel_size": 3}
SIZE, UNITS, RATE, POOL = {"kernel_size": 3}, {"units": 3}, {"rate": 0.5}, {"pool_size": 2}
NEEDED: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "ConvLSTM1D"), KERNEL),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), KERNEL),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), SIZE),
    **dict.fromkeys(("GRU", "LSTM", "SimpleRNN", "Dense"), UNITS),
    **dict.fromkeys(("Dropout", "AlphaDropout", "GaussianDropout", "SpatialDropout1D", "SpatialDropout2D"), RATE),
    **dict.fromkeys(("AveragePooling1D", "AveragePooling2D"), POOL),
    "GaussianNoise": {"stddev": 0.1},
    "Embedding": {"input_dim": 4, "output_dim": 3},
    "EinsumDense": {"equation": "abc,cd->abd", "output_shape": (6, 3)},
    "Rescaling": {"scale": 0.25},
    "RepeatVector": {"n": 3},
    "Resizing": {"height": 3, "width": 3},
}
"""Settings that a layer must be given."""


@dataclass(frozen=True)
class Layer:
    """One of `keras.layers` with settings, of which some may be layers."""

    kind: str
    settings: dict[str, Any]

    def __repr__(self) -> str:
        return f"{self.kind}({_listed(self.settings)})"

    def made(self, **named: str) -> keras.Layer:
        """The layer itself."""
        import keras

        given = {**NEEDED.get(self.kind, {}), **self.settings, **named}
        given = {key: value.made() if isinstance(value, Layer) else value for key, value in given.items()}
        return getattr(keras.layers, self.kind)(**given)


def layer(kind: str, **settings: Any) -> Layer:
    """A layer inside another, or behind it."""
    return Layer(kind, settings)


@dataclass(frozen=True, eq=False)
class Case:
    """A network of the layer ``first``, of inputs of ``shapes``, and the layers ``behind`` it."""

    first: Layer
    shapes: tuple[tuple[int, ...], ...]
    behind: tuple[Layer, ...] = ()

    @property
    def settings(self) -> str:
        """In words, and the shapes of the inputs where they are not what one expects."""
        told = [_listed(self.first.settings)]
        told += [f"of {' and '.join(map(str, self.shapes))}"] if len(set(self.shapes)) > 1 else []
        told += [f"of {len(self.shapes)}"] if len(self.shapes) > 2 else []
        told += [f"then {', '.join(map(repr, self.behind))}"] if self.behind else []
        return ", ".join(filter(None, told))

    def model(self) -> keras.Model:
        """The network, with weights that are the same at every call."""
        import keras

        given = [keras.Input(shape, name=f"given_{number}") for number, shape in enumerate(self.shapes, 1)]
        x = self.first.made(name="layer")(given if len(given) > 1 else given[0])
        for number, after in enumerate(self.behind, 1):
            x = after.made(name=f"behind_{number}")(x)
        made = x[0] if isinstance(x, list | tuple) else x
        model = keras.Model(given if len(given) > 1 else given[0], made, name="net")
        rng = np.random.default_rng(1)
        for weight in model.weights:
            sign = 1 if "variance" in weight.path else rng.choice((-1, 1), weight.shape)
            if weight.trainable or "moving" in weight.path:
                weight.assign(sign * rng.uniform(0.2, 0.8, weight.shape))
        return model


def case(kind: str, *shapes: tuple[int, ...], then: tuple[Layer, ...] = (), **settings: Any) -> Case:
    """A layer of such settings, and perhaps others behind it."""
    return Case(Layer(kind, settings), shapes, then)


def each(kind: str, *shapes: tuple[int, ...], **settings: tuple[Any, ...]) -> Iterator[Case]:
    """A layer as it is, and with each value of each setting."""
    yield case(kind, *shapes)
    yield from (case(kind, *shapes, **{key: value}) for key, values in settings.items() for value in values)


def _listed(settings: dict[str, Any]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in settings.items())


def _kernels() -> Iterator[Case]:
    yield from each("Conv1D", STEPS, padding=("same", "causal"), strides=(2,), dilation_rate=(2,), groups=(2,))
    yield from each("Conv2D", IMAGE, padding=("same",), strides=(2,), dilation_rate=(2,), groups=(2,))
    yield case("Conv2D", IMAGE, kernel_size=(1, 3), strides=(2, 1))
    yield case("Conv2D", IMAGE, data_format="channels_first")
    for kind in ("DepthwiseConv", "SeparableConv"):
        yield from each(f"{kind}1D", STEPS, padding=("same",), dilation_rate=(2,))
        yield from each(f"{kind}2D", IMAGE, strides=(2,), depth_multiplier=(2,))
    yield from (case("Conv1DTranspose", STEPS), case("Conv2DTranspose", IMAGE), case("Conv3D", VOLUME))
    yield from (case("Dense", VECTOR), case("Dense", STEPS, then=(layer("BatchNormalization"),)))
    yield from (case("EinsumDense", STEPS), case("Embedding", VECTOR))


def _pooling() -> Iterator[Case]:
    for axes, shape in ((1, STEPS), (2, IMAGE)):
        yield from each(f"MaxPooling{axes}D", shape, pool_size=(3,), strides=(1,))
        yield case(f"MaxPooling{axes}D", shape, pool_size=3, strides=2, padding="same")
        yield from each(f"AveragePooling{axes}D", shape, pool_size=(3,), strides=(1,))
        yield case(f"AveragePooling{axes}D", shape, pool_size=3, strides=2, padding="same")
        yield from each(f"GlobalMaxPooling{axes}D", shape, keepdims=(True,))
        yield from each(f"GlobalAveragePooling{axes}D", shape, keepdims=(True,))
    yield case("MaxPooling3D", VOLUME)


def _activations() -> Iterator[Case]:
    names = ("relu", "relu6", "leaky_relu", "elu", "selu", "silu", "gelu", "sigmoid", "tanh", "softplus", "softsign")
    names += ("hard_sigmoid", "hard_tanh", "hard_silu", "exponential", "mish", "softmax")
    yield from (case("Activation", STEPS, activation=name) for name in names)
    yield from each("ReLU", STEPS, max_value=(6.0, 1.0, 4.0), threshold=(0.5,), negative_slope=(0.25,))
    yield case("ReLU", STEPS, max_value=4.0, negative_slope=0.25, threshold=0.5)
    yield from (case("LeakyReLU", STEPS), case("PReLU", STEPS), case("PReLU", STEPS, shared_axes=[1]))
    yield from each("ELU", STEPS, alpha=(0.5,))
    yield from each("Softmax", STEPS, axis=(1,))


def _recurrent() -> Iterator[Case]:
    for kind in ("GRU", "LSTM"):
        yield from each(
            kind,
            STEPS,
            return_sequences=(True,),
            go_backwards=(True,),
            activation=("relu", "softsign"),
            recurrent_activation=("tanh", "hard_sigmoid", "softsign"),
            return_state=(True,),
        )
        if kind == "GRU":
            yield case("GRU", STEPS, reset_after=False)
    for mode in ("concat", "sum", "mul", "ave"):
        yield case("Bidirectional", STEPS, layer=layer("GRU", return_sequences=True), merge_mode=mode)
    yield case("Bidirectional", STEPS, layer=layer("LSTM"))
    yield case("Bidirectional", STEPS, layer=layer("LSTM"), merge_mode=None, then=(layer("Add"),))
    yield from (case("SimpleRNN", STEPS), case("ConvLSTM1D", IMAGE))
    inside = (layer("Dense"), layer("ReLU"), layer("BatchNormalization"), layer("Flatten"))
    yield from (case("TimeDistributed", STEPS, layer=one) for one in inside[:3])
    yield from (case("TimeDistributed", IMAGE, layer=one) for one in (layer("Conv1D"), layer("Flatten")))


def _merges() -> Iterator[Case]:
    for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
        yield case(kind, STEPS, STEPS)
        if kind != "Subtract":
            yield case(kind, STEPS, STEPS, STEPS)
    yield from (case("Multiply", IMAGE, other) for other in ((1, 1, 4), (6, 6, 1), (4,), (1, 6, 4)))
    yield from (case("Add", STEPS, other) for other in ((1, 4), (6, 1)))
    yield from (case("Concatenate", STEPS, STEPS), case("Concatenate", STEPS, STEPS, axis=1))
    yield case("Concatenate", STEPS, STEPS, STEPS)
    yield from (case("Dot", VECTOR, VECTOR, axes=1), case("Dot", VECTOR, VECTOR, axes=1, normalize=True))
    yield case("Dot", STEPS, STEPS, axes=2)


def _shapes() -> Iterator[Case]:
    yield from (case("Flatten", IMAGE, then=(layer("Dense"),)), case("Flatten", IMAGE))
    for kind in ("ReLU", "BatchNormalization", "Softmax"):
        yield case("Flatten", STEPS, then=(layer(kind),))
        yield case("Flatten", STEPS, then=(layer(kind), layer("Dense")))
    yield from (case("Reshape", IMAGE, target_shape=shape) for shape in ((6, 24), (9, 16), (6, 6, 2, 2), (8, 18)))
    yield from (case("Permute", STEPS, dims=(2, 1)), case("Permute", IMAGE, dims=(2, 1, 3)))
    yield case("Permute", IMAGE, dims=(3, 1, 2))
    yield from each("ZeroPadding1D", STEPS, padding=((1, 2),))
    yield from each("ZeroPadding2D", IMAGE, padding=(((1, 0), (0, 2)),))
    yield from each("Cropping1D", STEPS, cropping=((1, 2),))
    yield from each("Cropping2D", IMAGE, cropping=(((1, 0), (0, 2)),))
    yield case("UpSampling1D", STEPS)
    yield from each("UpSampling2D", IMAGE, interpolation=("bilinear",))
    yield from (case("RepeatVector", VECTOR), case("Resizing", IMAGE), case("CenterCrop", IMAGE, height=2, width=2))


def _numbers() -> Iterator[Case]:
    yield from each("BatchNormalization", IMAGE, axis=(1,))
    yield case("Rescaling", IMAGE)
    yield case("Normalization", STEPS, mean=0.5, variance=2.0)
    for kind in ("LayerNormalization", "UnitNormalization", "RMSNormalization"):
        yield case(kind, STEPS)
    yield case("GroupNormalization", STEPS, groups=2)
    for kind in ("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D"):
        yield case(kind, STEPS, then=(layer("ReLU"),))
    yield case("SpatialDropout2D", IMAGE, then=(layer("ReLU"),))
    yield from (case(kind, STEPS, then=(layer("ReLU"),)) for kind in ("ActivityRegularization", "Identity"))
    yield case("Masking", STEPS)
    yield case("Attention", STEPS, STEPS)


FAMILIES = {
    "Kernels": tuple(_kernels()),
    "Pooling": tuple(_pooling()),
    "Activations": tuple(_activations()),
    "Recurrent": tuple(_recurrent()),
    "Several inputs": tuple(_merges()),
    "Shapes and positions": tuple(_shapes()),
    "Scales, and what does nothing at inference": tuple(_numbers()),
}
