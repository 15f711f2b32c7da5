"""Chains of layers with many types, so that one compilation of hls4ml's C simulation judges a dozen kinds of layer."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from accel.design import Design, LayerDesign
from accel.fixed import Overflow, Rounding
from accel.intake.keras2.functions import by_name
from accel.intake.rewrite import rewrite

MODES = [f"{rounding.value},{overflow.value}" for rounding, overflow in itertools.product(Rounding, Overflow)]
"""Every rounding with every overflow mode; the layers of all chains take them in turn."""


@dataclass(frozen=True)
class Chain:
    """A network and how it is quantised. ``shift``: with which of `MODES` its first layer starts."""

    name: str
    strategy: str
    shift: int
    reuse: dict[str, tuple[int, int | None]]
    accum: dict[str, str]

    def design(self) -> Design:
        """Narrow results with their own modes; reuse factors and accumulators as given."""
        modes = itertools.islice(itertools.cycle(MODES), self.shift, None)
        layers = {}
        for layer in self.network().layers[1:]:
            types = {}
            if layer.name in RESULTS:
                types["result"] = f"{RESULTS[layer.name]},{next(modes)}>"
            if layer.name in self.accum:
                types["accum"] = self.accum[layer.name]
            reuse, recurrent = self.reuse.get(layer.name, (None, None))
            if types or reuse:
                layers[layer.name] = LayerDesign(reuse=reuse, recurrent_reuse=recurrent, precision=types)
        return Design(strategy=self.strategy, layers=layers)

    def network(self):
        """The Keras model, the same at every call."""
        import keras

        keras.utils.set_random_seed(11 + self.shift)
        model = NETWORKS[self.name]()
        for layer in model.layers:  # larger than at first, so that results reach their bounds
            layer.set_weights([2.5 * weights if weights.ndim > 1 else weights + 0.3 for weights in layer.get_weights()])
        return model


def images():
    """2-D: convolutions of all paddings and strides, both poolings, normalisation alone, tables, dense, softmax."""
    import keras
    from keras import layers

    x = inputs = keras.Input((12, 12, 2), name="image")
    x = layers.Conv2D(4, 3, padding="same", name="conv_same")(x)
    x = layers.ReLU(name="relu_layer")(x)
    x = layers.MaxPooling2D(2, name="max_pool")(x)
    x = layers.BatchNormalization(name="alone")(x)
    x = layers.Conv2D(3, (2, 3), padding="same", strides=(2, 1), use_bias=False, name="conv_stride")(x)
    x = layers.Activation("tanh", name="tanh")(x)
    x = layers.Conv2D(4, 1, name="conv_point")(x)
    x = layers.BatchNormalization(name="folded")(x)
    x = layers.AveragePooling2D((1, 2), name="mean_pool")(x)
    x = layers.Activation("sigmoid", name="sigmoid")(x)
    x = layers.Conv2D(6, (2, 3), name="conv_valid")(x)
    x = layers.Activation("relu", name="relu")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(8, name="dense_flat")(x)
    x = layers.Activation("softsign", name="softsign")(x)
    x = layers.Dense(5, name="dense")(x)
    return keras.Model(inputs, layers.Activation("softmax", name="softmax")(x))


def sequences():
    """1-D: convolutions, both poolings, dense over steps, both recurrent layers."""
    import keras
    from keras import layers

    x = inputs = keras.Input((48, 3), name="signal")
    x = layers.Conv1D(4, 3, padding="same", strides=2, name="conv_stride")(x)
    x = layers.MaxPooling1D(2, name="max_pool")(x)
    x = layers.Conv1D(6, 2, name="conv_valid")(x)
    x = layers.Activation("softplus", name="softplus")(x)
    x = layers.AveragePooling1D(2, name="mean_steps")(x)
    x = layers.Dense(5, name="dense_steps")(x)
    x = layers.GRU(4, return_sequences=True, name="gru")(x)
    x = layers.LSTM(6, name="lstm")(x)
    return keras.Model(inputs, layers.Dense(3, name="dense")(x))


def activations():
    """Every activation of Keras that hls4ml or this project has a kernel for, and the recurrent layers with others."""
    import keras
    from keras import layers

    x = inputs = keras.Input((6, 4), name="signal")
    functions = ("relu6", "leaky_relu", "elu", "selu", "silu", "hard_sigmoid", "hard_tanh")
    old = by_name()["accel>hard_sigmoid"]
    for made in (
        *(layers.Activation(name, name=name) for name in functions),
        layers.Activation(old, name="old_hard_sigmoid"),
        layers.LeakyReLU(0.3, name="leaky"),
        layers.ELU(0.7, name="elu_alpha"),
        layers.PReLU(alpha_initializer="random_normal", name="prelu"),
        layers.PReLU(alpha_initializer="random_normal", shared_axes=[1], name="prelu_shared"),
        layers.ReLU(threshold=0.4, name="threshold"),
        layers.ReLU(max_value=6.0, name="limited"),
        layers.ReLU(max_value=1.0, name="limited_to_1"),
    ):
        x = layers.Conv1D(4, 1, name=f"before_{made.name}")(x)
        x = made(x)
    x = layers.GRU(3, activation="relu", return_sequences=True, name="gru_relu")(x)
    x = layers.GRU(3, activation="sigmoid", recurrent_activation="tanh", return_sequences=True, name="gru_tanh")(x)
    x = layers.LSTM(3, activation="relu", recurrent_activation="relu", return_sequences=True, name="lstm_relu")(x)
    x = layers.LSTM(3, recurrent_activation=old, return_sequences=True, name="lstm_old_gates")(x)
    x = layers.GRU(3, recurrent_activation="hard_sigmoid", return_sequences=True, name="gru_hard_gates")(x)
    x = layers.LSTM(3, recurrent_activation="relu", name="lstm_gates")(x)
    return rewrite(keras.Model(inputs, x))


def windows():
    """2-D: windows of every kind that hls4ml has no exact layer of, or no layer for streams; axes that move."""
    import keras
    from keras import layers

    x = inputs = keras.Input((12, 13, 3), name="picture")
    x = layers.Permute((2, 1, 3), name="columns_first")(x)
    x = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(x)
    x = layers.MaxPooling2D(3, 2, padding="same", name="pool_overlaps")(x)
    x = layers.Conv2D(4, (1, 2), groups=1, dilation_rate=(1, 2), name="dilated")(x)
    x = layers.AveragePooling2D(3, strides=1, padding="same", name="mean_same")(x)
    x = layers.AveragePooling2D((2, 1), strides=1, name="mean_overlaps")(x)
    x = layers.DepthwiseConv2D((2, 1), strides=2, depth_multiplier=2, name="several")(x)
    x = layers.Permute((3, 1, 2), name="channels_first")(x)
    x = layers.Permute((2, 3, 1), name="channels_last")(x)
    x = layers.Conv2D(6, 1, groups=2, name="groups")(x)
    x = layers.AveragePooling2D((3, 1), name="mean_of_three")(x)
    return rewrite(keras.Model(inputs, layers.GlobalAveragePooling2D(name="mean_of_all")(x)))


def positions():
    """1-D: positions that are dropped, come several times, or are zeros."""
    import keras
    from keras import layers

    x = inputs = keras.Input((9, 3), name="signal")
    x = layers.Conv1D(4, 2, name="conv_first")(x)
    x = layers.Cropping1D((2, 1), name="crop")(x)
    x = layers.UpSampling1D(2, name="upsample")(x)
    x = layers.ZeroPadding1D((1, 2), name="zeros")(x)
    x = layers.GlobalAveragePooling1D(name="mean_of_all")(x)
    x = layers.RepeatVector(4, name="repeat")(x)
    x = layers.GRU(4, return_sequences=True, name="gru")(x)
    return rewrite(keras.Model(inputs, layers.Dense(3, name="dense")(x)))


NETWORKS = {
    "positions": positions,
    "images": images,
    "sequences": sequences,
    "activations": activations,
    "windows": windows,
}

# Width and integer bits of results, without the modes.
RESULTS = {
    "conv_same": "fixed<9,2",
    "relu_layer": "ufixed<7,1",
    "max_pool": "fixed<8,2",
    "alone": "fixed<10,3",
    "conv_stride": "fixed<9,2",
    "tanh": "fixed<8,1",
    "conv_point": "fixed<11,3",
    "mean_pool": "fixed<9,2",
    "sigmoid": "ufixed<8,0",
    "conv_valid": "fixed<9,2",
    "relu": "ufixed<8,1",
    "dense_flat": "fixed<10,2",
    "softsign": "fixed<8,0",
    "softplus": "ufixed<9,1",
    "mean_steps": "ufixed<9,1",
    "dense_steps": "fixed<10,2",
    "conv_first": "fixed<9,2",
    "depthwise": "fixed<9,2",
    "pool_overlaps": "fixed<8,2",
    "dilated": "fixed<10,3",
    "mean_same": "fixed<9,2",
    "mean_overlaps": "fixed<9,2",
    "several": "fixed<9,2",
    "groups": "fixed<9,3",
    "mean_of_three": "fixed<10,2",
    "mean_of_all": "fixed<9,1",
    "gru": "fixed<10,1",
    "lstm": "fixed<12,3",
    "dense": "fixed<12,4",
    "relu6": "fixed<9,4",
    "leaky_relu": "fixed<9,3",
    "elu": "fixed<10,2",
    "selu": "fixed<9,3",
    "silu": "fixed<8,2",
    "hard_sigmoid": "ufixed<8,0",
    "old_hard_sigmoid": "ufixed<9,1",
    "lstm_old_gates": "fixed<11,3",
    "gru_hard_gates": "fixed<10,2",
    "hard_tanh": "fixed<8,1",
    "leaky": "fixed<9,3",
    "prelu": "fixed<8,2",
    "threshold": "ufixed<8,2",
    "limited": "fixed<8,3",
    "gru_relu": "fixed<12,3",
    "lstm_relu": "fixed<14,4",
}

CHAINS = (
    Chain(
        "images",
        "Latency",
        0,
        {"conv_same": (3, None), "conv_valid": (48, None), "dense_flat": (6, None), "dense": (8, None)},
        {"conv_same": "fixed<16,6>", "dense_flat": "fixed<14,5,RND>", "mean_pool": "fixed<11,3>"},
    ),
    Chain(
        "images",
        "Resource",
        14,
        {
            "conv_same": (36, None),
            "conv_stride": (24, None),
            "conv_point": (12, None),
            "dense_flat": (24, None),
            "dense": (40, None),
        },
        {"conv_stride": "fixed<13,4>", "dense": "fixed<11,4>"},
    ),
    Chain(
        "sequences",
        "Latency",
        7,
        {"conv_valid": (2, None), "gru": (5, 4), "lstm": (4, 6), "dense_steps": (6, None)},
        {"conv_stride": "fixed<14,4,RND_CONV>", "gru": "fixed<20,6>"},
    ),
    Chain(
        "sequences",
        "Resource",
        21,
        {"conv_stride": (9, None), "conv_valid": (48, None), "gru": (10, 4), "lstm": (8, 12), "dense": (18, None)},
        {"conv_valid": "fixed<15,5>", "lstm": "fixed<22,6>", "dense_steps": "fixed<12,4>"},
    ),
    Chain("activations", "Latency", 3, {"gru_relu": (2, 3), "lstm_relu": (9, 4)}, {"lstm_gates": "fixed<18,6,RND>"}),
    Chain(
        "windows",
        "Latency",
        5,
        {"depthwise": (9, None), "dilated": (6, None), "several": (2, None), "groups": (4, None)},
        {
            "depthwise": "fixed<14,5>",
            "mean_same": "fixed<13,6>",
            "mean_overlaps": "fixed<10,3,RND>",
            "mean_of_all": "fixed<14,5>",
        },
    ),
    Chain("positions", "Latency", 1, {}, {}),
    Chain("windows", "Resource", 18, {"depthwise": (27, None), "several": (4, None), "groups": (12, None)}, {}),
)
