"""What a file takes once it is unpacked, told before it is: a small one can be made to fill any memory."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from accel.errors import AccelError

if TYPE_CHECKING:
    import h5py
    import onnx

LARGEST = 2 << 30
"""Bytes that all that is in a file may have together."""


def check(path: Path) -> None:
    """Refuse a zip archive (.keras, .npz) or HDF5 file (.h5) that says it holds too much; nothing reads beyond that.

    Raises:
        AccelError: it unpacks to more than ``LARGEST`` bytes.
        Exception: whatever zipfile and h5py raise of a damaged file.
    """
    import h5py

    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            check_bytes(path, sum(member.file_size for member in archive.infolist()))
    elif h5py.is_hdf5(path):
        with h5py.File(path) as file:
            check_hdf5(path, file)


def check_hdf5(path: Path, file: h5py.File) -> None:
    """Refuse an HDF5 ``file``, which came from ``path``, whose arrays are too large.

    Raises:
        AccelError: they have more than ``LARGEST`` bytes.
    """
    sizes: list[int] = []
    file.visititems(lambda _, item: sizes.append(_bytes(item)))
    check_bytes(path, sum(sizes))


def check_onnx(path: Path, model: onnx.ModelProto) -> None:
    """Refuse a model, read from ``path`` without what lies in other files, whose tensors have too many elements.

    Raises:
        AccelError: they have more than ``LARGEST`` bytes.
        Exception: whatever onnx raises of a type that it does not know.
    """
    from onnx import helper

    constants = (attribute.t for node in model.graph.node for attribute in node.attribute if attribute.HasField("t"))
    tensors = (*model.graph.initializer, *constants)
    check_bytes(path, sum(math.prod(t.dims) * helper.tensor_dtype_to_np_dtype(t.data_type).itemsize for t in tensors))


def check_folder(folder: Path) -> None:
    """Refuse a folder whose files are too large together.

    Raises:
        AccelError: they have more than ``LARGEST`` bytes.
    """
    check_bytes(folder, sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()))


def check_bytes(path: Path, size: int) -> None:
    """Refuse what unpacks to `size` bytes.

    Raises:
        AccelError: they are more than ``LARGEST``.
    """
    if size > LARGEST:
        raise AccelError(f"{path}: unpacks to {size:,} bytes; expected at most {LARGEST:,}")


def _bytes(item: object) -> int:
    """Bytes of a dataset of an HDF5 file; 0 for a group, and for one without elements."""
    return (getattr(item, "size", None) or 0) * item.dtype.itemsize if hasattr(item, "dtype") else 0
