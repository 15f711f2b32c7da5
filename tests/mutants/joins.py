"""Mutants of the modules that fork and join streams."""

from __future__ import annotations

from tests.mutants.mutant import kept, mutants

MODULES = "tests/rtl/test_join_modules.py"

JOINS = (
    *mutants(
        "acc_fork",
        "fork",
        ("in_valid_i ? ~done_q : '0", "in_valid_i ? '1 : '0"),
        ("&(out_ready_i | done_q)", "&out_ready_i"),
        ("in_ready_o ? '0 : done_q | out_ready_i", "done_q | out_ready_i"),
        kept("done_q", "done_q <= '0;"),
        file=MODULES,
    ),
    *mutants(
        "acc_merge",
        "acc_merge",
        ("exact = a * b", "exact = a * a"),
        ("!valid_q[1] || out_ready_i", "out_ready_i"),
        ("if (en && both) exact_q", "if (both) exact_q"),
        (".Overflow(OutOverflow)", ".Overflow(0)"),
        kept("valid_q", "valid_q <= '0;"),
        ("wide_a > wide_b ?", "wide_a < wide_b ?"),
        ("wide_a < wide_b ?", "wide_a > wide_b ?"),
        ("wide_a - wide_b", "wide_b - wide_a"),
        ("? Finer + 1 : Finer", "? Finer : Finer"),
        ("(BLanes == 1 ? 0 : i)", "0"),
        ("assign both = &in_valid_i;", "assign both = |in_valid_i;"),
        (".Rounding(OutRounding)", ".Rounding(0)"),
        file=MODULES,
    ),
    *mutants(
        "acc_beside",
        "acc_beside",
        ("OfA = i < ALanes", "OfA = i <= ALanes"),
        ("assign both = &in_valid_i;", "assign both = |in_valid_i;"),
        ("OfA ? AFraction : BFraction", "AFraction + 1"),
        file=MODULES,
    ),
    *mutants(
        "acc_append",
        "acc_append",
        ("of_b_q ? CountWidth'(BBeats - 1) : CountWidth'(ABeats - 1)", "CountWidth'(ABeats - 1)"),
        ("of_b_q ^ last", "of_b_q"),
        kept("beat_q", "beat_q  <= '0;"),
        kept("of_b_q", "of_b_q  <= 1'b0;"),
        ("of_b_q ? result_b : result_a", "result_a"),
        ("{en && of_b_q, en && !of_b_q}", "{en, en}"),
        file=MODULES,
    ),
    *mutants(
        "acc_repeat",
        "acc_repeat",
        ("TimeWidth'(Times - 1)", "TimeWidth'(Times - 2)"),
        ("en && (in_valid_i || !first)", "en && in_valid_i"),
        ("in_ready_o = en && first", "in_ready_o = en"),
        ("first ? in_data_i : again", "in_data_i"),
        file=MODULES,
    ),
)
