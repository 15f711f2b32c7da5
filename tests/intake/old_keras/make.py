"""Small seeded models, written by old versions of Keras with the outputs that those compute: the files of this folder.

Each version runs this script in an environment of its own (`python make.py FOLDER`):

    Keras 1.2.2   Python 3.7, tensorflow==1.13.2 keras==1.2.2 h5py==2.10.0 numpy<1.17 protobuf==3.20.3 scipy
    Keras 2.3.1   Python 3.7, tensorflow==1.15.5 keras==2.3.1 h5py==2.10.0 numpy<1.19 protobuf==3.20.3
    Keras 2.15.0  Python 3.11, tensorflow-cpu==2.15.1
"""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np
from keras import layers
from keras.models import Model, Sequential

VERSION = keras.__version__
RNG = np.random.RandomState(7)


def convolutional_1():
    """Keras 1: its names of layers and settings, and a Merge."""
    x = inputs = layers.Input((8, 6, 1))
    x = layers.Convolution2D(3, 3, 2, border_mode="same", subsample=(2, 1), dim_ordering="tf", bias=True)(x)
    x = layers.BatchNormalization(axis=-1)(x)
    x = layers.Activation("relu")(x)
    one = layers.MaxPooling2D((2, 2), dim_ordering="tf")(x)
    two = layers.AveragePooling2D((2, 2), dim_ordering="tf")(x)
    x = layers.merge([one, two], mode="concat", concat_axis=-1)
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    return Model(inputs, layers.Dense(3, activation="softmax")(x))


def recurrent_1():
    """Keras 1: gates stored apart, an old hard sigmoid."""
    steps = [
        layers.Convolution1D(4, 3, border_mode="same", activation="relu", input_shape=(9, 2)),
        layers.MaxPooling1D(2),
        layers.LSTM(4, return_sequences=True),
        layers.GRU(3, return_sequences=True, inner_activation="sigmoid"),
        layers.TimeDistributed(layers.Dense(2, activation="hard_sigmoid")),
        layers.Flatten(),
        layers.Dense(2, bias=False),
    ]
    return Sequential(steps)


def recurrent_2():
    """LSTM and GRU as Keras 2 had them, by its defaults, in both directions."""
    x = inputs = layers.Input((7, 3))
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="concat")(x)
    x = layers.GRU(4, return_sequences=True)(x)
    x = layers.GRU(3, reset_after=True, recurrent_activation="sigmoid", return_sequences=True)(x)
    x = layers.TimeDistributed(layers.Dense(2, activation="tanh"))(x)
    x = layers.LSTM(2, go_backwards=True)(x)
    return Model(inputs, layers.Dense(2, activation="sigmoid")(x))


def nested_2():
    """Models inside the model, one of them used twice, one frozen, and a normalisation in each."""
    inner = Sequential(name="inner")
    inner.add(layers.Dense(4, input_shape=(4,)))
    inner.add(layers.BatchNormalization(scale=False))
    a = layers.Input((4,))
    b = layers.BatchNormalization(epsilon=0.01)(layers.Dense(4, name="own/dense")(a))
    frozen = Model(a, layers.LeakyReLU(alpha=0.2)(b), name="frozen")
    frozen.trainable = False
    x = inputs = layers.Input((4,))
    x = frozen(inner(inner(x)))
    x = layers.Add()([x, layers.Activation("elu")(x)])
    return Model(inputs, layers.Dense(2)(x))


def depthwise_2():
    """Convolutions of one channel each (`groups` in their settings), padding and the other pooling."""
    steps = [
        layers.ZeroPadding2D(1, input_shape=(8, 8, 2)),
        layers.DepthwiseConv2D(3, padding="valid", activation="relu"),
        layers.BatchNormalization(),
        layers.SeparableConv2D(3, 3, strides=2, padding="same"),
        layers.ReLU(max_value=6.0),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3, activation="softmax"),
    ]
    return Sequential(steps)


def small_2():
    """What becomes hardware: convolutions, LSTM (`time_major` in its settings), Dense."""
    recurrent = {"recurrent_activation": "sigmoid"}
    steps = [
        layers.Conv1D(3, 3, padding="same", activation="relu", input_shape=(8, 2), name="conv"),
        layers.MaxPooling1D(2, name="pool"),
        layers.LSTM(3, return_sequences=True, name="lstm", **recurrent),
        layers.GRU(3, reset_after=True, name="gru", **recurrent),
        layers.Dense(2, activation="softmax", name="dense"),
    ]
    return Sequential(steps)


def operations_215():
    """Arithmetic between layers (TFOpLambda), and a Rescaling."""
    x = inputs = layers.Input((6, 2))
    x = layers.Rescaling(2.0, offset=-1.0)(x / 4.0 - 0.5)
    x = layers.Conv1D(3, 3, activation="relu")(x)
    return Model(inputs, layers.Dense(2)(layers.Flatten()(1.0 * x + 2.0)))


def seeded(model):
    """Give every weight a value that none starts with; variances are positive."""
    values = [RNG.uniform(0.2, 0.9, array.shape) * RNG.choice((-1, 1), array.shape) for array in model.get_weights()]
    model.set_weights(values)
    for layer in flat(model):
        if type(layer).__name__ == "BatchNormalization":
            given = layer.get_weights()
            layer.set_weights([*given[:-1], np.abs(given[-1])])
    return model


def flat(model):
    """All layers, those of models inside the model, too."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from flat(layer)
        else:
            yield layer


def write(folder: Path, name: str, model) -> None:
    """The model's file, and beside it inputs and the outputs that it has for them."""
    seeded(model)
    size = [6, *[int(size) for size in model.inputs[0].shape[1:]]]
    x = RNG.uniform(-1, 1, size).astype("float32")
    np.savez_compressed(str(folder / (name + ".npz")), x=x, y=model.predict(x))
    model.save(str(folder / (name + ".h5")))


def main(folder: Path) -> None:
    """All that this version of Keras writes."""
    made = {"1": [convolutional_1, recurrent_1], "2": [recurrent_2, nested_2, depthwise_2, small_2]}[VERSION[0]]
    late = VERSION.startswith("2.1")
    prefix = "keras" + VERSION.replace(".", "_") + "_"
    for build in [*made, *([operations_215] if late else [])]:
        write(folder, prefix + build.__name__.rpartition("_")[0], build())
    model = seeded(made[-1]())
    x = RNG.uniform(-1, 1, (6, *[int(size) for size in model.inputs[0].shape[1:]])).astype("float32")
    np.savez_compressed(str(folder / (prefix + "split.npz")), x=x, y=model.predict(x))
    (folder / (prefix + "split.json")).write_text(model.to_json())
    model.save_weights(str(folder / (prefix + "split_weights.h5")))
    if late:
        model.save(str(folder / (prefix + "folder")), save_format="tf", save_traces=False)  # without its functions
        model.save(str(folder / (prefix + "archive.keras")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
