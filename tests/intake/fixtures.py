"""Every kind of model file that can be read, in one list: those that are stored here, made by the `make.py` beside them
with the versions that they name, and those that `make` writes, of a fixed seed.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.intake.onnx.files import node, save
from tests.intake.tflite.files import powers, steps, two

HERE = Path(__file__).parent

STORED = (
    "old_keras/*.h5",
    "old_keras/*.json",
    "old_keras/*.keras",
    "old_keras/*/saved_model.pb",
    "hgq/*.keras",
    "qkeras/*.h5",
    "qkeras/*.keras",
    "qkeras/*.json",
    "qonnx/*.onnx",
    "exported/*.onnx",
    "tf2onnx/*.onnx",
    "converted/*.tflite",
)

OPSETS = (6, 7, 9, 11, 13, 17, 21)


def stored() -> list[Path]:
    """The files in the repository, weights of an architecture left out."""
    found = [path for pattern in STORED for path in sorted(HERE.glob(pattern)) if "weights" not in path.stem]
    return [path.parent if path.suffix == ".pb" else path for path in found]


def title(path: Path) -> str:
    """A file's name, and for those of the repository its folder's."""
    return path.relative_to(HERE).as_posix() if path.is_relative_to(HERE) else path.name


def make(folder: Path) -> list[Path]:
    """Write files of Keras 3, of ONNX's versions, of TFLite and, where it is there, of PyTorch into `folder`."""
    torch = _torch(folder) if importlib.util.find_spec("torch") else ()
    makers = {"powers_int8": powers, "steps_float": steps, "two_int8": two}
    return [
        *_keras(folder),
        *(_tf_keras(folder) if importlib.util.find_spec("tf_keras") else ()),
        *_onnx(folder),
        *(maker(folder / f"{name}.tflite") for name, maker in makers.items()),
        *torch,
    ]


def _keras(folder: Path) -> Iterator[Path]:
    import keras
    from keras import layers

    stacks = {
        "keras3_images": [
            keras.Input((10, 12, 1)),
            layers.Conv2D(4, 3, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(4, "softmax"),
        ],
        "keras3_steps": [
            keras.Input((8, 3)),
            layers.Conv1D(4, 3, activation="relu"),
            layers.GRU(4, return_sequences=True),
            layers.LSTM(3),
            layers.Dense(2),
        ],
        "keras3_depthwise": [
            keras.Input((8, 8, 2)),
            layers.DepthwiseConv2D(3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3),
        ],
    }
    for name, stack in stacks.items():
        keras.utils.set_random_seed(0)
        model = keras.Sequential(stack)
        for suffix in (".keras", ".h5"):
            path = folder / f"{name}_{suffix[1:]}{suffix}"
            model.save(path)
            yield path
    path = folder / "keras3_split.json"
    path.write_text(model.to_json())
    model.save_weights(path.with_suffix(".weights.h5"))
    yield path


def _tf_keras(folder: Path) -> Iterator[Path]:
    """The hard sigmoids of Keras 2: of gates, the default before TensorFlow 2, of layers, and inside others."""
    import tf_keras
    from tf_keras import layers

    tf_keras.utils.set_random_seed(0)
    hard = {"recurrent_activation": "hard_sigmoid"}
    stack = [
        layers.Conv1D(4, 3, activation="hard_sigmoid", input_shape=(8, 3)),
        layers.Bidirectional(layers.LSTM(3, return_sequences=True, **hard)),
        layers.GRU(4, return_sequences=True, reset_after=True, **hard),
        layers.TimeDistributed(layers.Dense(3, activation="hard_sigmoid")),
        layers.Activation("hard_sigmoid"),
        layers.LSTM(3, activation="hard_sigmoid", **hard),
        layers.Dense(2),
    ]
    path = folder / "keras2_hard.h5"
    tf_keras.Sequential(stack).save(path)
    yield path


def _onnx(folder: Path) -> Iterator[Path]:
    rng = np.random.default_rng(0)
    constants = {
        "w": rng.normal(0, 0.5, (4, 2, 3)).astype(np.float32),
        "b": rng.normal(0, 0.5, 4).astype(np.float32),
        "m": rng.normal(0, 0.5, (24, 3)).astype(np.float32),
        "c": rng.normal(0, 0.5, 3).astype(np.float32),
    }
    nodes = [
        node("Conv", "x w b", "conv", kernel_shape=[3], pads=[1, 1]),
        node("Relu", "conv", "relu"),
        node("MaxPool", "relu", "pool", kernel_shape=[2], strides=[2]),
        node("Flatten", "pool", "flat", axis=1),
        node("Gemm", "flat m c", "gemm", alpha=1.0, beta=1.0),
        node("Softmax", "gemm", "y", axis=1),
    ]
    both = [
        node("Conv", "x w", "conv", kernel_shape=[3]),
        node("GlobalMaxPool", "conv", "pool"),
        node("Flatten", "pool", "flat"),
        node("Gemm", "row m", "gemm", transB=1),
        node("Concat", "flat gemm", "y", axis=1),
        node("Relu", "gemm", "z"),
    ]
    backwards = [
        node("LSTM", "x lw lr lb", "lstm", hidden_size=4, direction="reverse"),
        node("Squeeze", "lstm one", "steps"),
        node("GRU", "steps gw gr gb", "- last", hidden_size=4, direction="reverse", linear_before_reset=1),
        node("Squeeze", "last zero", "state"),
        node("Gemm", "state head", "y"),
    ]
    used = {"w": constants["w"], "m": constants["m"][:5]}
    yield save(folder / "onnx_two.onnx", ("n", 2, 12), both, used, more={"row": ("n", 3)}, outputs="y z")
    lstm, gru = {"lw": (1, 16, 3), "lr": (1, 16, 4), "lb": (1, 32)}, {"gw": (1, 12, 4), "gr": (1, 12, 4), "gb": (1, 24)}
    shapes = {**lstm, **gru, "head": (4, 2)}
    used = {name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}
    used |= {"zero": np.array([0]), "one": np.array([1])}
    yield save(folder / "onnx_backwards.onnx", (7, "n", 3), backwards, used)
    yield from _permuted(folder)
    for opset in OPSETS:
        yield save(folder / f"onnx_opset_{opset}.onnx", (1, 2, 12), nodes, constants, opset, ir=4)


def _permuted(folder: Path) -> Iterator[Path]:
    """Networks whose numbers have to change places: convolutions that are flattened, their channels first, and joined;
    a product along the channels and one along the positions (Tolstikhin et al., *MLP-Mixer*, 2021).
    """
    rng = np.random.default_rng(1)

    def weights(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.5, shape).astype(np.float32)

    joined = [
        node("Conv", "x w", "wide", kernel_shape=[3, 3]),
        node("Conv", "x v", "coarse", kernel_shape=[1, 1], strides=[2, 2]),
        node("Flatten", "wide", "a"),
        node("Flatten", "coarse", "b"),
        node("Concat", "a b", "both", axis=1),
        node("Gemm", "both m", "y", transB=1),
    ]
    constants = {"w": weights(4, 3, 3, 3), "v": weights(2, 3, 1, 1), "m": weights(5, 4 * 4 * 6 + 2 * 3 * 4)}
    yield save(folder / "onnx_joined.onnx", ("n", 3, 6, 8), joined, constants)
    mixer = [
        node("Transpose", "x", "turned", perm=[0, 2, 1]),
        node("MatMul", "turned p", "positions"),
        node("Relu", "positions", "relu"),
        node("Transpose", "relu", "back", perm=[0, 2, 1]),
        node("MatMul", "back c", "channels"),
        node("Add", "channels x", "sum"),
        node("ReduceMean", "sum", "y", axes=[1], keepdims=0),
    ]
    yield save(folder / "onnx_mixer.onnx", ("n", 6, 4), mixer, {"p": weights(6, 6), "c": weights(4, 4)}, opset=13)


MODULE = """
import torch

torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Conv1d(2, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(40, 3))
example_inputs = torch.randn(8, 2, 12)
"""


def _torch(folder: Path) -> Iterator[Path]:
    path = folder / "torch_module.py"
    path.write_text(MODULE)
    yield path
    program = "torch.export.save(torch.export.export(model, (example_inputs[:1],)), 'torch_program.pt2')"
    subprocess.run([sys.executable, "-c", MODULE + program], cwd=folder, check=True)
    yield folder / "torch_program.pt2"
