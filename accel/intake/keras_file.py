"""Reading Keras' model files, of every version, by what is in them and not by what they are called."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accel.data import unpacked
from accel.errors import AccelError
from accel.intake import code, limits
from accel.intake.hgq import reading as hgq
from accel.intake.keras2 import archive, hdf5
from accel.intake.keras2.reading import read_by_name, translated
from accel.intake.qkeras import reading as qkeras
from accel.intake.reading import Reading

if TYPE_CHECKING:
    import keras

POINTER = b"version https://git-lfs"
PICKLE = "a pickle, which runs code when it is read; expected the model saved by Keras: model.save('net.keras')"


def read(path: Path) -> Reading:
    """Read a .keras or .h5 file.

    Raises:
        AccelError: the file is not a Keras model, is damaged, unpacks to too much, or holds code.
    """
    return guarded(path, lambda: _kind(path)(path))


def load(path: Path) -> keras.Model:
    """The model that `read` finds."""
    return read(path).model


def guarded(path: Path, reader: Callable[[], Reading]) -> Reading:
    """What `reader` reads, once `path` is known to unpack to a size that can be; all that goes wrong in one line."""
    try:
        unpacked.check(path)
        reading = reader()
    except AccelError as error:
        text = str(error)
        raise error if text.startswith(str(path.parent)) else AccelError(f"{path}: {text}") from error
    except Exception as error:  # keras raises whatever zipfile, h5py, json and its own layers do
        first = _first(error)
        reason = " ".join(str(first).split()) or type(first).__name__
        odd = isinstance(error, KeyError | IndexError | TypeError | AttributeError)
        reason = f"a part is missing or not as Keras writes it ({type(first).__name__}: {reason})" if odd else reason
        raise AccelError(f"{path}: expected a Keras model file, could not load it: {reason}") from error
    return reading


def _first(error: BaseException) -> BaseException:
    """The error that Keras found; it tells it inside others, each with the configuration of all that is around it."""
    while "Exception encountered: " in str(error) and error.__context__:
        error = error.__context__
    return error


def _kind(path: Path) -> Callable[[Path], Reading]:
    """The reader for what the file begins with."""
    import h5py

    if zipfile.is_zipfile(path):
        return _archive
    if h5py.is_hdf5(path):
        return _hdf5
    with path.open("rb") as file:
        start = file.read(len(POINTER))
    if start[:1] == b"\x80" and start[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        raise AccelError(PICKLE)
    if start == POINTER:
        raise AccelError("a pointer of Git LFS, not the file itself; expected what `git lfs pull` brings")
    what = "is empty" if not start else "is neither of Keras' kinds of file, a zip archive or HDF5, or is cut off"
    raise AccelError(f"expected a Keras model file, could not load it: {what}")


def _archive(path: Path) -> Reading:
    with zipfile.ZipFile(path) as file:
        names = file.namelist()
        if any(name.endswith("data.pkl") for name in names):
            raise AccelError(f"a file of PyTorch, {PICKLE}, or an export to ONNX")
        if "config.json" not in names:
            raise AccelError(f"a zip archive without config.json, so no Keras model; it has {', '.join(names[:3])}")
        for name in ("config.json", "metadata.json"):
            limits.check_configuration(file.getinfo(name).file_size if name in names else 0)
        config = json.loads(file.read("config.json"))
        metadata = json.loads(file.read("metadata.json")) if "metadata.json" in names else {}
    stored = hdf5.Stored(config, str(metadata.get("keras_version", "3")), False, None)
    if stored.major >= 3:
        return _newest(path, stored)
    if read_by_name(config):
        stored = replace(stored, groups=archive.arrays(path, config))
    return translated(stored, lambda model: _unpacked(path, model), lambda tf_keras: _with(tf_keras, path))


def _newest(path: Path, stored: hdf5.Stored) -> Reading:
    """A file of Keras 3."""
    import keras

    config = stored.config
    if hgq.holds(config):
        return hgq.read(path, config)
    if qkeras.named(config):
        groups = archive.arrays(path, config) if stored.groups is None else stored.groups
        return qkeras.read(replace(stored, config=archive.older(config), groups=groups))
    code.refuse(config)
    limits.check_states(config)
    load = partial(keras.models.load_model, path, compile=False, safe_mode=True)
    limits.check_weights(load)
    return Reading(load())


def _unpacked(path: Path, model: keras.Model) -> None:
    """Fill the model from an archive."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as file:
        model.load_weights(file.extract(archive.WEIGHTS, folder))


def _with(tf_keras: Any, path: Path) -> Any:
    return tf_keras.models.load_model(path, compile=False, safe_mode=True)


def _hdf5(path: Path) -> Reading:
    stored = hdf5.stored(path)
    if stored.config is None:
        raise AccelError(
            "holds weights only; expected the architecture with them: write it with model.to_json() to a file "
            f"{path.name.partition('.')[0].removesuffix('_weights')}.json beside it, and give MODEL that name"
        )
    if stored.major >= 3:
        return _newest(path, stored)
    return translated(stored, None, lambda tf_keras: _with(tf_keras, path))
