"""Mutants of the activations' modules.

Equivalent, therefore not here:
    acc_lut_read: StepWidth one bit less: Offset lies in the table, so a step of its length leads to either end.
    acc_piecewise: `go` without `valid_q`: what is computed of nothing is not read.
    acc_softmax_legacy: `run` without `in_valid_i`: what it holds is not read then.
"""

from __future__ import annotations

from tests.mutants.mutant import kept, mutants

ACTIVATIONS = (
    *mutants(
        "acc_piecewise",
        "acc_piecewise",
        ("wide >= $signed(Bound)", "wide > $signed(Bound)"),
        ("{{2{InSigned && x[InWidth-1]}}, x}", "{{2{x[InWidth-1]}}, x}"),
        ("Kinds[2*k] ? same", "Kinds[2*k] ? product"),
        ("+ SumWidth'($signed(Offset))", "- SumWidth'($signed(Offset))"),
        ("AddressWidth'(Beats - 1)", "AddressWidth'(Beats - 2)"),
        ("if (take || !rst_ni) ahead_q", "if (take) ahead_q"),
        ("scales[i*ScaleWidth+:ScaleWidth]", "scales[0+:ScaleWidth]"),
        (".Overflow(OutOverflow)\n      ) u_same", ".Overflow(0)\n      ) u_same"),
        (".Overflow(OutOverflow)\n        ) u_scaled", ".Overflow(0)\n        ) u_scaled"),
        ("if (en && valid_q[Latency-2]) result_q", "if (valid_q[Latency-2]) result_q"),
        kept("address_q", "if (!rst_ni) address_d = '0;"),
        kept("valid_q", "if (!rst_ni) valid_q <= '0;"),
    ),
    *mutants(
        "acc_lut_read",
        "acc_lut",
        ("RoundTrnZero", "RoundTrn"),
        (".InSigned(InSigned)", ".InSigned(1)"),
        ("sum > SumWidth'(TableSize - 1)", "sum > SumWidth'(TableSize)"),
        ("SumWidth'(Offset)", "SumWidth'(Offset - 1)"),
        ("below ? '0", "below ? AddressWidth'(TableSize - 1)"),
        ("if (en_i[1]) entry_q", "entry_q"),
        ("if (en_i[0]) index_q", "index_q"),
        ("if (en_i[2]) out_q", "out_q"),
    ),
    *mutants(
        "acc_curve",
        "acc_curve",
        (".Cycles(3)", ".Cycles(2)"),
        ("InSigned && x3[InWidth-1]", "1'b0"),
        ("negative4_q ? bent4_q", "negative4_q ? product"),
        ("Times ? OtherWidth'(entry3)", "Times ? OtherWidth'(Factor)"),
        (".Overflow(OutOverflow)\n      ) u_product", ".Overflow(0)\n      ) u_product"),
        (
            ".Rounding(OutRounding),\n            .Overflow(OutOverflow)\n        ) u_bent",
            ".Overflow(0)\n        ) u_bent",
        ),
        kept("valid_q", "if (!rst_ni) valid_q <= '0;"),
    ),
    *mutants(
        "acc_softmax_legacy",
        "acc_softmax_legacy",
        ("own_q[3] ? One", "own_q[2] ? One"),
        ("in_ready_o = en && last", "in_ready_o = last"),
        ("{result, results_q} >> OutWidth", "{results_q, result}"),
        ("if (en && busy_q[Latency-2]) results_q", "if (en) results_q"),
        ("{InSigned && x[InWidth-1], x}", "{x[InWidth-1], x}"),
        (".InSigned(SumSigned),\n      .TableSize", ".InSigned(1),\n      .TableSize"),
        (".Overflow(OutOverflow)", ".Overflow(0)"),
        ("if (in_valid_i) lane_q", "lane_q"),
        kept("lane_q", "lane_q <= '0;"),
        kept("last_q", "last_q <= '0;"),
    ),
    *mutants(
        "acc_argmax",
        "acc_argmax",
        ("largest & (~largest + Lanes'(1))", "largest"),
        (".Cycles(Levels)", ".Cycles(Levels + 1)"),
        (".Signed(InSigned)", ".Signed(1)"),
        ("hot_q[i] ? Hot : Cold", "hot_q[i] ? Cold : Hot"),
        kept("valid_q", "if (!rst_ni) valid_q <= '0;"),
    ),
)
