// What several modules share.
//
// Codes of the rounding and overflow modes of ap_fixed: accel/fixed.py numbers its enums in the same order.
package acc_pkg;

  // verilator lint_off UNUSEDPARAM
  // What happens to the bits below the least significant one.
  localparam int RoundTrn = 0;        // toward minus infinity
  localparam int RoundTrnZero = 1;    // toward zero
  localparam int RoundRnd = 2;        // to nearest, ties toward plus infinity
  localparam int RoundRndZero = 3;    // to nearest, ties toward zero
  localparam int RoundRndInf = 4;     // to nearest, ties away from zero
  localparam int RoundRndMinInf = 5;  // to nearest, ties toward minus infinity
  localparam int RoundRndConv = 6;    // to nearest, ties to even

  // What happens to a value outside the type's range.
  localparam int OverflowWrap = 0;     // drop the upper bits
  localparam int OverflowSat = 1;      // clamp to the nearest bound
  localparam int OverflowSatZero = 2;  // become zero
  localparam int OverflowSatSym = 3;   // clamp to a range symmetric around zero

  // verilator lint_on UNUSEDPARAM

  // Whether a cast only picks bits: it rounds nothing up, and drops what is above the destination or finds nothing there.
  function automatic bit wiring(input int in_width, input int in_fraction, input bit in_signed, input int out_width,
                                input int out_fraction, input bit out_signed, input int rounding, input int overflow);
    int spare;  // bits of the destination above the source's magnitude
    spare  = (out_width - out_fraction - (out_signed ? 1 : 0)) - (in_width - in_fraction - (in_signed ? 1 : 0));
    wiring = (out_fraction >= in_fraction || rounding == RoundTrn) && (overflow == OverflowWrap
        || ((out_signed || !in_signed) && spare >= (in_signed && overflow == OverflowSatSym ? 1 : 0)));
  endfunction

  // Greatest common divisor.
  function automatic int gcd(input int a, input int b);
    int left, rest;
    gcd  = a;
    left = b;
    while (left > 0) begin
      rest = gcd % left;
      gcd  = left;
      left = rest;
    end
  endfunction

  // Items left after so many levels of a tree that joins radix of them at a time: ceil(terms / radix**level).
  function automatic int tree_items(input int terms, input int radix, input int level);
    tree_items = terms;
    for (int i = 0; i < level; i++) tree_items = (tree_items + radix - 1) / radix;
  endfunction

  // The last of so many levels of such a tree, counted from 1, at which one that joins items has an input left.
  function automatic int tree_spare(input int terms, input int radix, input int levels);
    int items;
    items = terms;
    tree_spare = 0;
    for (int l = 1; l <= levels; l++) begin
      if (items % radix != 0) tree_spare = l;
      items = (items + radix - 1) / radix;
    end
  endfunction

  // Levels of a tree of three-input adders: ceil(log3(terms)).
  function automatic int tree_levels(input int terms);
    tree_levels = 0;
    for (int left = terms; left > 1; left = (left + 2) / 3) tree_levels = tree_levels + 1;
  endfunction

endpackage
