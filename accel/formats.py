"""The kinds of model files that can be read: the one list that commands, refusals and `doctor` go by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Format:
    """One kind of model file: its suffixes, what it is in words, and the module of `accel.intake` with its reader, a
    function `read(path) -> Reading`, which is imported when the first such file comes. Where a model can be in several
    files, `companions(path)` there gives the others. `runtime` is a package that is not always there and runs the
    original, which the model read is then compared with; `required`: nothing is read without it. `program`: such a file
    runs, and may read what it wants.
    """

    suffixes: tuple[str, ...]
    words: str
    module: str
    runtime: str | None = None
    required: bool = False
    program: bool = False


FORMATS = (
    Format((".keras", ".h5", ".hdf5"), "Keras 1, 2 and 3", "keras_file", "tf-keras"),
    Format((".json",), "Keras' architecture, with its weights beside it", "keras_json", "tf-keras"),
    Format((".pb",), "SavedModel of Keras 2, also by its folder's name", "saved_model", "tf-keras"),
    Format((".onnx",), "ONNX", "onnx"),
    Format((".tflite",), "TFLite", "tflite"),
    Format((".pt2",), "PyTorch's torch.export", "pytorch", "torch", required=True),
    Format((".py",), "program with a module of PyTorch", "pytorch", "torch", required=True, program=True),
)

QUANTISED = (
    Format((".keras", ".h5", ".json"), "QKeras and BinaryNet, read without them", "keras_file"),
    Format((".h5", ".keras"), "proxies of HGQ 1, read without it", "keras_file"),
    Format((".keras",), "HGQ2", "keras_file", "hgq2", required=True),
    Format((".onnx",), "QONNX, read without it", "onnx"),
)
"""What such files may hold beside networks of floating point."""

SUFFIXES = tuple(suffix for kind in FORMATS for suffix in kind.suffixes)

LISTED = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
"""The suffixes as a sentence has them."""


def of(path: Path) -> Format:
    """The format that the suffix of `path`, one of `SUFFIXES`, stands for."""
    return next(kind for kind in FORMATS if path.suffix in kind.suffixes)


_SAVE = "expected the model as Keras saves it: model.save('net.keras')"
_PICKLE = f"a pickle, which runs code when it is read; {_SAVE}"
_TORCH = (
    "PyTorch's pickle, which runs code when it is read; expected torch.onnx.export(model, example, 'net.onnx'), or a "
    "net.py with `model` and `example_inputs`"
)

REFUSED = {
    **dict.fromkeys((".pkl", ".pickle", ".joblib", ".dill"), _PICKLE),
    **dict.fromkeys((".pt", ".pth", ".bin"), _TORCH),
    **dict.fromkeys((".ckpt", ".index", ".npz", ".safetensors"), f"weights without an architecture; {_SAVE}"),
}
"""What else users bring, by its suffix: what it is and what to bring in its place."""
