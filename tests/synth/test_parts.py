from __future__ import annotations

import pytest

from accel.errors import AccelError
from accel.synth.parts import PARTS, find


def test_an_orderable_part_is_found_by_its_device() -> None:
    part = find("xc7z020clg400-1")
    assert (part.name, part.lut, part.ff, part.dsp, part.bram36) == ("xc7z020", 53_200, 106_400, 220, 140)
    assert find("LFE5U-85F-6BG381C").name == "lfe5u-85f"


def test_every_part_finds_itself() -> None:
    assert [find(part.name) for part in PARTS] == list(PARTS)


def test_an_unknown_part_is_refused_with_close_ones() -> None:
    with pytest.raises(AccelError, match=r"unknown part 'xc7z02clg400': expected .*xc7z020"):
        find("xc7z02clg400")


@pytest.mark.parametrize("behind", ['"; exec touch x; #', " -1", "\n", "$x", "[exec ls]", "-", "clg400--1", "é"])
def test_a_name_that_a_script_would_run_is_refused_in_one_line(behind: str) -> None:
    with pytest.raises(AccelError, match="letters, digits and '-' only") as caught:
        find("xc7z020" + behind)
    assert "\n" not in str(caught.value)
