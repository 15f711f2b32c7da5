"""The table of parts, what finds one, and the user's own table beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accel.errors import AccelError
from accel.synth.families import FAMILIES, Resources
from accel.synth.parts import find, matching, orderable, smallest, table

MINE = "mine: {family: ecp5, lut: 10, ff: 20, dsp: 3, bram: 4, source: my own}"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_orderable_part_is_found_by_its_device() -> None:
    part = find("xc7z020clg400-1")
    assert (part.name, part.lut, part.ff, part.dsp, part.bram) == ("xc7z020", 53_200, 106_400, 220, 140)
    assert find("LFE5U-85F-6BG381C").name == "lfe5u-85f"
    assert find("GW1NR-LV9QN88PC6/I5").name == "gw1nr-lv9"


def test_every_part_finds_itself_and_every_board_its_part() -> None:
    parts = table()
    assert len(parts) >= 30
    assert [find(name).name for name in parts] == list(parts)
    for part in parts.values():
        assert [find(board) for board in part.boards] == [part] * len(part.boards)


def test_every_figure_has_its_document() -> None:
    document = re.compile(r"DS\d{3,4}E?|FPGA-DS-\d{5}")
    assert not [part.name for part in table().values() if not document.fullmatch(part.source)]


@pytest.mark.parametrize(
    ("board", "part"),
    [("pynq-z2", "xc7z020clg400-1"), ("Arty-A7-35", "xc7a35ticsg324-1L"), ("TANG-NANO-9K", "GW1NR-LV9QN88PC6/I5")],
)
def test_a_board_is_its_part(board: str, part: str) -> None:
    assert orderable(board) == part
    assert orderable(part) == part


def test_the_smallest_part_is_the_one_with_fewest_look_up_tables_that_is_enough() -> None:
    part = smallest(dict.fromkeys(FAMILIES, Resources(dsp=100, bram=40)))
    assert part.dsp >= 100 and part.bram >= 40
    assert not [p for p in table().values() if p.lut < part.lut and p.dsp >= 100 and p.bram >= 40]
    assert smallest(dict.fromkeys(FAMILIES, Resources(dsp=100_000))) is None


def test_each_family_is_asked_for_what_it_needs() -> None:
    assert smallest({"ecp5": Resources(dsp=70), "xc7": Resources(dsp=2_000)}).name == "lfe5u-45f"
    assert smallest({"xc7": Resources(lut=53_201)}).name == "xc7a100t"
    assert smallest({}) is None


def test_parts_are_listed_by_device_family_and_board() -> None:
    assert {part.name for part in matching("ulx3s")} == {"lfe5u-12f", "lfe5u-25f", "lfe5u-45f", "lfe5u-85f"}
    assert {part.family.name for part in matching("Nexus")} == {"nexus"}
    with pytest.raises(AccelError, match="no part, family or board with 'quark'"):
        matching("quark")


def test_an_unknown_part_is_refused_with_close_ones() -> None:
    with pytest.raises(AccelError, match=r"unknown part 'xc7z02clg400': expected .*xc7z020"):
        find("xc7z02clg400")
    with pytest.raises(AccelError, match=r"unknown part 'arty': expected .*arty-a7-35"):
        find("arty")


@pytest.mark.parametrize("behind", ['"; exec touch x; #', " -1", "\n", "$x", "[exec ls]", "-", "clg400--1", "é"])
def test_a_name_that_a_script_would_run_is_refused_in_one_line(behind: str) -> None:
    with pytest.raises(AccelError, match="letters, digits and '-' only") as caught:
        find("xc7z020" + behind)
    assert "\n" not in str(caught.value)


def test_a_table_of_the_users_own_adds_to_it() -> None:
    before = table()
    Path("parts.yaml").write_text(MINE.replace("source", "boards: {desk: mine-1}, source"))
    assert table().keys() - before.keys() == {"mine"}
    assert find("desk") == find("MINE-1") == table()["mine"]
    assert find("mine").family.title == "ECP5"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- mine", "expected keys like xc7z020"),
        ("mine: [", "expected a YAML file"),
        ("mine: 5", "mine: expected family, lut, ff, dsp, bram and source, got '5'"),
        (MINE.replace("lut", "luts"), "mine: lut: is missing"),
        (MINE.replace("}", ", x: 1}"), "mine: unknown key 'x'"),
        (MINE.replace("10", "0"), "mine: lut: expected greater than or equal to 1, got '0'"),
        (MINE.replace("10", "ten"), "mine: lut: expected a valid integer, got 'ten'"),
        (MINE.replace("ecp5", "ecp6"), "mine: family: expected one of xc7, .*, got 'ecp6'"),
        (f"{MINE}\n{MINE}", "expected a YAML file, got: the key 'mine' comes twice"),
        (MINE.replace("mine", "xc7z020", 1), "'xc7z020' is in the table of parts already"),
        (MINE.replace("}", ", boards: {pynq-z2: mine-1}}"), "'pynq-z2' is in the table of parts already"),
        (MINE.replace("}", ", boards: {desk: yours-1}}"), "desk: part 'yours-1'; expected one that begins with mine"),
        (MINE.replace("}", ", boards: {desk: 'mine; x'}}"), "desk: part 'mine; x'"),
        (MINE.replace("mine", "'mi ne'", 1), "name 'mi ne'; expected small letters"),
    ],
)
def test_what_is_wrong_in_it_is_told_in_one_line(text: str, told: str) -> None:
    Path("parts.yaml").write_text(text)
    with pytest.raises(AccelError, match=rf"^parts.yaml: {told}") as caught:
        find("xc7z020")
    assert "\n" not in str(caught.value)
