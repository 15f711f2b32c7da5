"""Mutants of the modules that fork and join streams."""

from __future__ import annotations

from tests.mutants.mutant import mutants

JOINED = "tests/rtl/test_joins.py"
BEFORE = "tests/rtl/test_join_modules.py"

JOINS = (
    *mutants(
        "acc_fork",
        "test",
        ("in_valid_i ? ~done_q : '0", "in_valid_i ? '1 : '0"),
        ("&(out_ready_i | done_q)", "&out_ready_i"),
        ("in_ready_o ? '0 : done_q | out_ready_i", "done_q | out_ready_i"),
        file=JOINED,
    ),
    *mutants(
        "acc_merge",
        "test",
        ("exact = a * b", "exact = a * a"),
        ("wide_a > wide_b ?", "wide_a < wide_b ?"),
        ("wide_a < wide_b ?", "wide_a > wide_b ?"),
        ("wide_a - wide_b", "wide_b - wide_a"),
        ("? Finer + 1 : Finer", "? Finer : Finer"),
        ("(BLanes == 1 ? 0 : i)", "i % BLanes"),
        ("assign both = &in_valid_i;", "assign both = |in_valid_i;"),
        (".Rounding(OutRounding)", ".Rounding(0)"),
        file=JOINED,
    ),
    *mutants(
        "acc_beside",
        "test",
        ("OfA = i < ALanes", "OfA = i <= ALanes"),
        ("assign both = &in_valid_i;", "assign both = |in_valid_i;"),
        ("OfA ? AFraction : BFraction", "AFraction + 1"),
        file=JOINED,
    ),
    *mutants(
        "acc_append",
        "test",
        ("of_b_q ? CountWidth'(BBeats - 1) : CountWidth'(ABeats - 1)", "CountWidth'(ABeats - 1)"),
        ("of_b_q ^ last", "of_b_q"),
        ("of_b_q ? result_b : result_a", "result_a"),
        ("{en && of_b_q, en && !of_b_q}", "{en, en}"),
        file=JOINED,
    ),
    *mutants(
        "acc_repeat",
        "repeat",
        ("TimeWidth'(Times - 1)", "TimeWidth'(Times - 2)"),
        ("en && (in_valid_i || !first)", "en && in_valid_i"),
        ("in_ready_o = en && first", "in_ready_o = en"),
        ("first ? in_data_i : again", "in_data_i"),
        file=BEFORE,
    ),
)
