from __future__ import annotations

import pytest

from accel.errors import AccelError
from accel.fixed import Fixed, Overflow, Rounding
from accel.policy import Auto, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("auto", Auto()),
        ("auto<8>", Auto(8)),
        ("auto<8,-1>", Auto(8, -1)),
        ("auto<10, +2, RND_CONV>", Auto(10, 2, Rounding.RND_CONV)),
        ("auto<9,TRN,WRAP>", Auto(9, 0, Rounding.TRN, Overflow.WRAP)),
        ("auto<9,SAT_SYM>", Auto(9, 0, None, Overflow.SAT_SYM)),
        ("fixed<8,3>", Fixed(8, 3)),
    ],
)
def test_what_is_asked_for_is_read_and_written(text: str, expected: Auto | Fixed) -> None:
    assert parse(text) == expected
    assert parse(str(expected)) == expected


@pytest.mark.parametrize("text", ["auto<>", "auto<1>", "auto<25>", "auto<8,3>", "auto<8,RNDX>", "auto<8,-99>", "auto8"])
def test_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(AccelError, match="expected"):
        parse(text)


def test_a_type_that_is_none_is_refused_as_a_type() -> None:
    with pytest.raises(AccelError, match="not a fixed-point type"):
        parse("fixed<8>")
