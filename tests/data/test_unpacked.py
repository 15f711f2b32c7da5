"""Files that are small and unpack to more than there is room for."""

from __future__ import annotations

import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from accel.data import unpacked, user
from accel.data.shaped import Input
from accel.errors import AccelError

GIB = 1 << 30


def packed(path: Path, size: int) -> None:
    """An archive or HDF5 file that says it holds ``size`` bytes, which are not there."""
    if path.suffix == ".h5":
        with h5py.File(path, "w") as file:
            group = file.create_group("layer")
            for name in ("kernel", "bias"):
                group.create_dataset(name, (size // 8,), np.float32, chunks=(1024,), compression="gzip")
            group["empty"] = h5py.Empty("f")
        return
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("x.npy", b"")
    whole = path.read_bytes()
    at = whole.rindex(b"PK\1\2") + 24  # in the directory's last entry, the member's unpacked size
    path.write_bytes(whole[:at] + (size - 2).to_bytes(4, "little") + whole[at + 4 :])


@pytest.mark.parametrize("name", ["net.keras", "own.npz", "net.h5"])
def test_what_is_said_to_be_larger_than_the_limit_is_refused(name: str, tmp_path: Path) -> None:
    packed(tmp_path / name, 2 * GIB)
    unpacked.check(tmp_path / name)
    packed(tmp_path / name, 2 * GIB + 8)
    assert (tmp_path / name).stat().st_size < 20_000
    with pytest.raises(AccelError, match="unpacks to 2,147,483,656 bytes; expected at most 2,147,483,648") as caught:
        unpacked.check(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_users_own_examples_are_judged(tmp_path: Path) -> None:
    packed(tmp_path / "own.npz", 3 * GIB)
    with pytest.raises(AccelError, match="own.npz: unpacks to 3,221,225,472 bytes"):
        user.read(tmp_path / "own.npz", [Input("given", (4,))], lambda _: [(2,)])


def test_a_header_that_asks_for_more_than_there_is_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "own.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (1 << 46, 4)})
    with pytest.raises(AccelError, match="own.npy: not readable as .npy"):
        user.read(tmp_path / "own.npy", [Input("given", (4,))], lambda _: [(2,)])


@pytest.mark.parametrize("where", ["initializer", "constant"])
def test_tensors_of_an_onnx_model_are_counted_wherever_they_lie(where: str, tmp_path: Path) -> None:
    from onnx import TensorProto, helper

    def model(elements: int):
        tensor = TensorProto(
            name="w", data_type=TensorProto.FLOAT, dims=(elements, 1), data_location=TensorProto.EXTERNAL
        )
        made = [helper.make_node("Constant", [], ["w"], value=tensor)] if where == "constant" else []
        graph = helper.make_graph(made, "net", [], [], [] if made else [tensor])
        return helper.make_model(graph)

    unpacked.check_onnx(tmp_path / "net.onnx", model(GIB // 2))
    with pytest.raises(AccelError, match="net.onnx: unpacks to 2,147,483,652 bytes"):
        unpacked.check_onnx(tmp_path / "net.onnx", model(GIB // 2 + 1))
