"""rtl.json: written and read back exactly, refused in one line when broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accel.errors import AccelError
from accel.rtl.interface import FILE, Interface, LayerStream, Ports, Stream

FULL = Interface(
    top="crnn",
    inputs=(Stream("s_axis", 1, 16, 12, 6, True, 784),),
    outputs=(Stream("m_axis", 10, 24, 18, 10, False, 1, extended=False),),
    layers=(LayerStream("conv", 8, 16, True, 784), LayerStream("dense", 10, 18, False, 1)),
    latency=800,
    ii=784,
    digest="0123",
    ports=Ports("ap_clk", "ap_rst", reset_active_low=False, last=""),
)


def test_there_and_back(tmp_path: Path) -> None:
    assert Interface.from_json(FULL.to_json()) == FULL
    (tmp_path / FILE).write_text(FULL.to_json())
    assert Interface.load(tmp_path) == FULL
    assert FULL.output.bits == 240


def test_defaults_may_be_left_out() -> None:
    fields = {name: value for name, value in json.loads(FULL.to_json()).items() if name in ("top", "inputs", "outputs")}
    assert Interface.from_json(json.dumps(fields)) == Interface("crnn", FULL.inputs, FULL.outputs)


def test_port_names() -> None:
    assert FULL.port(FULL.input, "data") == "s_axis_tdata"
    assert FULL.port(FULL.input, "last") == ""


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"top": "x", "inputs": [3], "outputs": 4}', FULL.to_json().replace("lanes", "lan")]
)
def test_broken_file(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(AccelError, match="rtl.json does not describe an RTL folder"):
        Interface.load(tmp_path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(AccelError, match="has no rtl.json; expected"):
        Interface.load(tmp_path)
