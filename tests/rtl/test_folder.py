"""A folder of RTL: read once, refused in one line when something is missing, told apart by what is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from accel.errors import AccelError
from accel.rtl.folder import FILELIST, RtlFolder
from accel.rtl.interface import FILE, Interface, Stream

RELAY = Interface("relay", *((Stream(prefix, 1, 8, 8, 0, False, 2),) for prefix in ("s_axis", "m_axis")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / FILE).write_text(RELAY.to_json())
    (tmp_path / FILELIST).write_text("// library\n\nb.sv\n# top\na.sv\n")
    for name in ("a.sv", "b.sv", "c.sv", "2.mem", "1.mem"):
        (tmp_path / name).write_text(f"of {name}")
    return tmp_path


def test_files_come_in_compile_order(folder: Path) -> None:
    rtl = RtlFolder.read(folder)
    assert rtl.interface == RELAY
    assert rtl.sources == (folder / "b.sv", folder / "a.sv") and rtl.memories == (folder / "1.mem", folder / "2.mem")
    assert rtl == RtlFolder.read(folder)


@pytest.mark.parametrize(
    ("listed", "told"),
    [(None, "has no filelist.f"), ("\n", "is empty"), ("a.sv\nd.sv", "names d.sv, which is not there")],
)
def test_a_wrong_list_is_refused(folder: Path, listed: str | None, told: str) -> None:
    (folder / FILELIST).unlink() if listed is None else (folder / FILELIST).write_text(listed)
    with pytest.raises(AccelError, match=told):
        RtlFolder.read(folder)


def test_the_digest_sees_names_order_and_contents(folder: Path) -> None:
    digests = {RtlFolder.read(folder).digest}
    (folder / "1.mem").rename(folder / "0.mem")
    digests.add(RtlFolder.read(folder).digest)
    (folder / FILELIST).write_text("a.sv\nb.sv\n")
    digests.add(RtlFolder.read(folder).digest)
    (folder / "a.sv").write_text("of another")
    digests.add(RtlFolder.read(folder).digest)
    assert len(digests) == 4
    (folder / "c.sv").write_text("that nobody lists")
    assert RtlFolder.read(folder).digest in digests
