// Sum of two products, cast once: out = requantise(a * gate_a + b * gate_b).
//
// Latency: 1 enabled cycle: the products are registered, their sum and its cast are not. All operands are signed, the sum is
// exact.

module acc_blend #(
    parameter int AWidth      = 12,  // bits of a
    parameter int AGateWidth  = 12,  // bits of a's gate
    parameter int AFraction   = 20,  // fractional bits of a * gate_a
    parameter int BWidth      = 16,  // bits of b
    parameter int BGateWidth  = 12,  // bits of b's gate
    parameter int BFraction   = 20,  // fractional bits of b * gate_b
    parameter int OutWidth    = 16,  // bits of the result, which is signed
    parameter int OutFraction = 10,  // its fractional bits
    parameter int OutRounding = 0,   // its rounding, code of acc_pkg
    parameter int OutOverflow = 0    // its overflow, code of acc_pkg
) (
    input  logic                  clk_i,
    input  logic                  en_i,
    input  logic [    AWidth-1:0] a_i,
    input  logic [AGateWidth-1:0] gate_a_i,
    input  logic [    BWidth-1:0] b_i,
    input  logic [BGateWidth-1:0] gate_b_i,
    output logic [  OutWidth-1:0] out_o
);

  localparam int Fraction = (AFraction > BFraction) ? AFraction : BFraction;
  localparam int AShift = Fraction - AFraction;
  localparam int BShift = Fraction - BFraction;
  localparam int ASpan = AWidth + AGateWidth;
  localparam int BSpan = BWidth + BGateWidth;
  localparam int SumWidth = ((ASpan + AShift > BSpan + BShift) ? ASpan + AShift : BSpan + BShift) + 1;

  // Rounding to nearest, ties up, is a third term: half of the result's last bit.
  localparam int Drop = Fraction - OutFraction;
  localparam bit Nearest = OutRounding == acc_pkg::RoundRnd && Drop > 0 && Drop < SumWidth - 1;
  localparam logic [SumWidth-1:0] Half = Nearest ? SumWidth'(1) << (Drop - 1) : '0;

  logic signed [ASpan-1:0] product_a_q;
  logic signed [BSpan-1:0] product_b_q;
  logic signed [SumWidth-1:0] a, b;
  logic [SumWidth-1:0] sum;

  always_ff @(posedge clk_i) begin
    if (en_i) begin
      product_a_q <= $signed(a_i) * $signed(gate_a_i);
      product_b_q <= $signed(b_i) * $signed(gate_b_i);
    end
  end
  assign a   = SumWidth'(product_a_q);
  assign b   = SumWidth'(product_b_q);
  assign sum = (a <<< AShift) + (b <<< BShift) + Half;

  acc_requant #(
      .InWidth(SumWidth),
      .InFraction(Fraction),
      .InSigned(1),
      .OutWidth(OutWidth),
      .OutFraction(OutFraction),
      .OutSigned(1),
      .Rounding(Nearest ? acc_pkg::RoundTrn : OutRounding),
      .Overflow(OutOverflow)
  ) u_cast (
      .in_i (sum),
      .out_o(out_o)
  );

endmodule
