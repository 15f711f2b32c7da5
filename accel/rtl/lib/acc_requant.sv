// Assignment of one fixed-point type to another, as ap_fixed does it: round, then limit.
//
//   out * 2^-OutFraction = limit(round(in * 2^-InFraction))
//
// Latency: none, combinational. Data: one raw integer each way. Widths that only grow cost no logic.
// Does not: report an overflow, or implement ap_fixed's WRAP_SM and its saturation bits.

module acc_requant #(
  parameter int InWidth     = 16,  // bits of the source
  parameter int InFraction  = 10,  // its fractional bits; may be negative or above the width
  parameter bit InSigned    = 1,   // it is two's complement
  parameter int OutWidth    = 8,   // the same of the destination
  parameter int OutFraction = 4,
  parameter bit OutSigned   = 1,
  parameter int Rounding    = acc_pkg::RoundTrn,     // acc_pkg::Round*
  parameter int Overflow    = acc_pkg::OverflowWrap  // acc_pkg::Overflow*
) (
  input  logic [InWidth-1:0]  in_i,
  output logic [OutWidth-1:0] out_o
);

  localparam int Drop = InFraction - OutFraction;  // bits that rounding removes; where negative, zeros to append
  // The source as a signed number wide enough to hold its sign, the rounding bit and one bit above that.
  localparam int ExtWidth = (Drop > InWidth) ? Drop + 1 : InWidth + 1;
  // The rounded number; its sign is right because rounding up once never leaves ExtWidth - Drop + 1 bits.
  localparam int RoundedWidth = ExtWidth - Drop + 1;
  // The same, extended so that everything above the destination's bits can be looked at.
  localparam int ValueWidth = ((RoundedWidth > OutWidth) ? RoundedWidth : OutWidth) + 1;

  // Bounds of the destination. A single signed bit keeps -1 under SAT_SYM, as in ap_fixed.
  localparam logic [OutWidth-1:0] SignBit = OutWidth'(1) << (OutWidth - 1);
  localparam logic [OutWidth-1:0] Highest = OutSigned ? ~SignBit : '1;
  localparam logic [OutWidth-1:0] Lowest =
      !OutSigned ? '0 : (Overflow == acc_pkg::OverflowSatSym) ? (SignBit | OutWidth'(1)) : SignBit;

  if (InWidth < 1 || OutWidth < 1 || Rounding < 0 || Rounding > 6 || Overflow < 0 || Overflow > 3) begin : gen_bad
    initial $fatal(1, "acc_requant: widths must be positive and the modes codes of acc_pkg");
  end

  wire sign = InSigned & in_i[InWidth-1];
  wire [ExtWidth-1:0] extended = {{(ExtWidth - InWidth) {sign}}, in_i};
  wire [RoundedWidth-1:0] rounded;

  if (Drop > 0) begin : gen_round
    wire [RoundedWidth-1:0] floor = {sign, extended[ExtWidth-1:Drop]};
    wire half = extended[Drop-1];
    wire rest;  // anything below the half
    if (Drop > 1) begin : gen_rest
      assign rest = |extended[Drop-2:0];
    end else begin : gen_no_rest
      assign rest = 1'b0;
    end
    wire up = (Rounding == acc_pkg::RoundTrnZero)   ? sign & (half | rest) :
              (Rounding == acc_pkg::RoundRnd)       ? half :
              (Rounding == acc_pkg::RoundRndZero)   ? half & (rest | sign) :
              (Rounding == acc_pkg::RoundRndInf)    ? half & (rest | ~sign) :
              (Rounding == acc_pkg::RoundRndMinInf) ? half & rest :
              (Rounding == acc_pkg::RoundRndConv)   ? half & (rest | floor[0]) : 1'b0;
    assign rounded = floor + {{(RoundedWidth - 1) {1'b0}}, up};
  end else if (Drop < 0) begin : gen_grow
    assign rounded = {sign, extended, {(-Drop) {1'b0}}};
  end else begin : gen_same
    assign rounded = {sign, extended};
  end

  wire negative = rounded[RoundedWidth-1];
  wire [ValueWidth-1:0] value = {{(ValueWidth - RoundedWidth) {negative}}, rounded};

  if (Overflow == acc_pkg::OverflowWrap) begin : gen_wrap
    // verilator lint_off UNUSEDSIGNAL
    wire [ValueWidth-OutWidth-1:0] dropped = value[ValueWidth-1:OutWidth];
    // verilator lint_on UNUSEDSIGNAL
    assign out_o = value[OutWidth-1:0];
  end else begin : gen_limit
    // In range: all bits above the destination's magnitude equal its sign (zero where unsigned).
    wire [ValueWidth-OutWidth:0] above = value[ValueWidth-1:OutWidth-1];
    wire fits = OutSigned ? (&above | ~|above) : ~|above[ValueWidth-OutWidth:1];
    wire [OutWidth-1:0] bound =
        (Overflow == acc_pkg::OverflowSatZero) ? '0 : negative ? Lowest : Highest;
    wire too_low = (Overflow == acc_pkg::OverflowSatSym) & OutSigned & negative & (value[OutWidth-1:0] == SignBit);
    assign out_o = (fits & ~too_low) ? value[OutWidth-1:0] : bound;
  end

endmodule
