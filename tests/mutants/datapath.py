"""Mutants of the modules without ready: arithmetic, trees, delays.

Equivalent, therefore not here:
    acc_pkg: `(tree_items + radix) / radix`: an item too many at the top of a level, which nobody reads.
    acc_requant: SAT_SYM without `negative` or `OutSigned`: no other value in range has only the sign bit set.
    acc_multiply: operands extended by assignment instead of `{1'b0, ...}`: their wires are unsigned and one bit wider.
    acc_multiply: `Shift > 0`: a cast that drops nothing is wiring, too.
    acc_max_tree: `>` for `>=`: equal values are the same value.
"""

from __future__ import annotations

from tests.mutants.mutant import mutants

DATAPATH = (
    *mutants(
        "acc_pkg",
        "acc_cast or acc_lut or acc_mvau or acc_softmax",
        ("localparam int RoundRnd = 2;", "localparam int RoundRnd = 3;"),
        ("localparam int RoundTrnZero = 1;", "localparam int RoundTrnZero = 0;"),
        ("localparam int OverflowSat = 1;", "localparam int OverflowSat = 2;"),
        ("localparam int OverflowSatSym = 3;", "localparam int OverflowSatSym = 1;"),
        ("(tree_items + radix - 1) / radix", "tree_items / radix"),
        ("left > 1; left = (left + 2) / 3", "left > 1; left = (left + 1) / 3"),
        ("left > 1;", "left > 2;"),
    ),
    *mutants(
        "acc_requant",
        "equals_fixed and icarus",
        ("sign & (half | rest)", "sign & half"),
        ("RoundRnd)       ? half :", "RoundRnd)       ? half & rest :"),
        ("half & (rest | sign)", "half & (rest | ~sign)"),
        ("half & (rest | ~sign)", "half"),
        ("? half & rest :", "? half | rest :"),
        ("half & (rest | floor[0])", "half & (rest | ~floor[0])"),
        ("rest = |extended", "rest = &extended"),
        ("RoundedWidth = ExtWidth - Drop + 1", "RoundedWidth = ExtWidth - Drop"),
        ("negative ? Lowest : Highest", "negative ? Highest : Lowest"),
        ("OverflowSatZero) ? '0", "OverflowSatZero) ? Highest"),
        ("(SignBit | OutWidth'(1))", "SignBit"),
        ("(fits & ~too_low)", "fits"),
        ("(&above | ~|above)", "~|above"),
        ("~|above[ValueWidth-OutWidth:1]", "~|above"),
        ("{sign, extended, {(-Drop) {1'b0}}}", "{sign, extended, {(-Drop) {sign}}}"),
        ("InSigned & in_i[InWidth-1]", "in_i[InWidth-1]"),
        file="tests/rtl/test_requant.py",
    ),
    *mutants(
        "acc_delay",
        "acc_softmax",
        ("({shift_q, in_i})", "({in_i, shift_q})"),
        ("shift_q[(Cycles-1)*Width+:Width]", "shift_q[0+:Width]"),
        ("if (en_i) shift_q <=", "shift_q <="),
    ),
    *mutants(
        "acc_adder_tree",
        "acc_mvau",
        ("items[(3*i+2)*Width+:Width]", "items[(3*i+1)*Width+:Width]"),
        ("3 * i + 2 < Before", "3 * i + 2 <= Before"),
        ("3 * i + 1 < Before", "3 * i + 2 < Before"),
        ("sum = gen_level[l-1].items[3*i*Width+:Width];", "sum = '0;"),
        ("if (en_i[l-1]) sum_q <=", "sum_q <="),
    ),
    *mutants(
        "acc_max_tree",
        "acc_softmax",
        ("Signed ? Width'(1)", "!Signed ? Width'(1)"),
        ("(a ^ Flip) >= (b ^ Flip)", "(a ^ Flip) <= (b ^ Flip)"),
        ("assign max = a;", "assign max = '0;"),
        ("if (en_i) max_q <=", "max_q <="),
    ),
    *mutants(
        "acc_multiply",
        "acc_mvau or acc_scale",
        ("ASpan = AWidth + (ASigned ? 0 : 1)", "ASpan = AWidth"),
        ("BSpan = BWidth + (BSigned ? 0 : 1)", "BSpan = BWidth"),
        ("ProductWidth = ASpan + BSpan", "ProductWidth = ASpan + BSpan - 1"),
        ("if (en_i) product_q", "product_q"),
        (".Rounding(Rounding)", ".Rounding(0)"),
        ("ProductWidth])) << Shift", "ProductWidth])) << (Shift + 1)"),
        ("Apart'($signed(b_i[BWidth-1:0]))", "Apart'(b_i[BWidth-1:0])"),
        ("{b_i[BWidth+:BWidth], Apart", "{b_i[0+:BWidth], Apart"),
        ("'($signed({shared, product_q[Apart-1:0]}))", "'({shared, product_q[Apart-1:0]})"),
        (" - ProductWidth'(shared)", ""),
        ("product_q[Apart+:Overlap] - lowest_q", "product_q[Apart+:Overlap] ^ lowest_q"),
        ("+ Overlap'(b_i[BWidth-1])", ""),
        ("if (en_i) lowest_q", "lowest_q"),
        ("Overlap'(a) << i", "Overlap'(a)"),
        ("in_i (products[k*ProductWidth+:ProductWidth])", "in_i (products[0+:ProductWidth])"),
    ),
    *mutants(
        "acc_products",
        "acc_mvau or acc_gru",
        ("p + Shared > Parallel ? 1 : Shared", "Shared"),
        ("p + Shared > Parallel ? 1 : Shared", "1"),
        ("s*Own+p%Own", "s*Own"),
        ("((p+k)*Simd+s)", "(p*Simd+s)"),
        ("(word_i[(s*Parallel+p)*WeightWidth", "(word_i[(p*Simd+s)*WeightWidth"),
        (".Rounding(Rounding)", ".Rounding(0)"),
        (".ASigned(InSigned)", ".ASigned(1)"),
        (".BSigned(WeightSigned)", ".BSigned(1)"),
    ),
    *mutants(
        "acc_select",
        "acc_mvau",
        ("index_i[l] ?", "!index_i[l] ?"),
        ("Upper] = gen_level[l+1].words[Words*Width-1:Upper]", "Upper] = '0"),
        ("words = words_i;", "words = words_i >> Width;"),
    ),
    *mutants(
        "acc_table",
        "acc_gru or acc_lstm",
        ("fits && negative && part", "fits && part"),
        ("fits && negative && part", "negative && part"),
        ("fits && negative && part", "1'b0"),
        ("{AddressWidth{~negative}}", "'0"),
        ("~floor[AddressWidth-1]", "floor[AddressWidth-1]"),
        ("= InFraction - ScaleLog2", "= InFraction - ScaleLog2 + 1"),
        ("in_i[InWidth-1] ? '0 : in_i", "in_i"),
        ("if (en_i[1]) out_q", "out_q"),
        (".Rounding(ReluRounding)", ".Rounding(0)"),
        (".OutFraction(ReluFraction)", ".OutFraction(InFraction)"),
    ),
    *mutants(
        "acc_blend",
        "acc_gru or acc_lstm",
        ("(a <<< AShift)", "(a <<< BShift)"),
        ("+ (b <<< BShift)", "- (b <<< BShift)"),
        (".Rounding(OutRounding)", ".Rounding(0)"),
        (".Overflow(OutOverflow)", ".Overflow(0)"),
    ),
    *mutants("acc_blend", "extremes", ("BSpan + BShift) + 1", "BSpan + BShift)"), file="tests/rtl/test_blend.py"),
)
