"""Mutants of what windows need beside the convolution's own: other padding, reductions, division, blocks of channels.

Equivalent, therefore not here:
    acc_divide: quotient_q loaded in every enabled cycle: only what it holds behind taken_q is ever valid.
"""

from __future__ import annotations

from tests.mutants.mutant import kept, mutants

WINDOWS = (
    *mutants(
        "acc_window",
        "acc_window",
        ("{Pad}} & ~keep", "{Pad}} & keep"),
        ("out_data_o[place(t)*PixelWidth", "out_data_o[t%Taps*PixelWidth"),
        ("k < tap; k++", "k <= tap; k++"),
    ),
    *mutants(
        "acc_reduce",
        "acc_reduce",
        ("(t*Channels+c)*InWidth+:InWidth])", "(c*Taps+t)*InWidth+:InWidth])"),
        ("!valid_q[Levels+1] || out_ready_i", "out_ready_i"),
        ("en && in_valid_i) terms_q", "in_valid_i) terms_q"),
        ("if (en && valid_q[Levels]) result_q", "if (valid_q[Levels]) result_q"),
        ("{Enables{en}}", "{Enables{1'b1}}"),
        (".Signed(AccSigned)", ".Signed(1)"),
        (".Rounding(AccRounding)", ".Rounding(0)"),
        (".Overflow(AccOverflow)", ".Overflow(0)"),
        (".Rounding(OutRounding)", ".Rounding(0)"),
        (".Overflow(OutOverflow)", ".Overflow(0)"),
        kept("valid_q", "valid_q <= '0;"),
    ),
    *mutants(
        "acc_divide",
        "acc_divide",
        ("DividendWidth'(Divisor) << (Bits - 1)", "DividendWidth'(Divisor) << Bits"),
        ("Above + DividendWidth'(Divisor - 1)", "Above + DividendWidth'(Divisor)"),
        ("x[InWidth-1] ? Below", "!x[InWidth-1] ? Below"),
        ("InWidth - Log : 1", "InWidth - Log - 1 : 1"),
        ("high >= (RestWidth", "high > (RestWidth"),
        ("step = go && count_q", "step = en && count_q"),
        ("if (en && taken_q) quotient_q", "if (taken_q) quotient_q"),
        ("in_ready_o = en && last", "in_ready_o = en"),
        ("!out_valid_q || out_ready_i", "out_ready_i"),
        (".Rounding(OutRounding)", ".Rounding(0)"),
        (".Overflow(OutOverflow)", ".Overflow(0)"),
        kept("count_q", "count_q <= '0;"),
        kept("taken_q", "taken_q <= 1'b0;"),
        kept("quotient_valid_q", "quotient_valid_q <= 1'b0;"),
        kept("out_valid_q", "out_valid_q <= 1'b0;"),
    ),
    *mutants(
        "acc_mvau",
        "acc_mvau-depthwise or acc_mvau-blocks",
        ("(i / Own) % (Fold * Simd)", "(i / Own) % Simd"),
        ("/ Fold * Parallel + i % Own", "/ Fold * Parallel"),
        ("Number / Together * Blocks", "Number / Together"),
        ("* Together + Number % Together", "* Together"),
        ("s*Own+p%Own", "s*Own"),
        ("IndexWidth'(address_q)", "IndexWidth'(fold_q)"),
    ),
)
