// Registered multiplier with a cast: out = cast(a * b).
//
// Latency: 1 enabled cycle (the product is registered, the cast behind it is not). The cast rounds by Rounding and wraps.
// It does not saturate.

module acc_multiply #(
    parameter int AWidth = 8,  // bits of a
    parameter bit ASigned = 1,  // whether a is signed
    parameter int BWidth = 8,  // bits of b
    parameter bit BSigned = 1,  // whether b is signed
    parameter int ProductFraction = 8,  // fractional bits of a plus those of b
    parameter int OutWidth = 18,  // bits of the result, which is signed
    parameter int OutFraction = 8,  // fractional bits of the result
    parameter int Rounding = 0  // code of acc_pkg
) (
    input  logic                clk_i,
    input  logic                en_i,
    input  logic [  AWidth-1:0] a_i,
    input  logic [  BWidth-1:0] b_i,
    output logic [OutWidth-1:0] out_o
);

  localparam int ASpan = AWidth + (ASigned ? 0 : 1);
  localparam int BSpan = BWidth + (BSigned ? 0 : 1);
  localparam int ProductWidth = ASpan + BSpan;

  logic signed [ASpan-1:0] a;
  logic signed [BSpan-1:0] b;
  logic signed [ProductWidth-1:0] product_q;

  generate
    if (ASigned) begin : gen_a_signed
      assign a = a_i;
    end else begin : gen_a_unsigned
      assign a = {1'b0, a_i};
    end
    if (BSigned) begin : gen_b_signed
      assign b = b_i;
    end else begin : gen_b_unsigned
      assign b = {1'b0, b_i};
    end
  endgenerate

  always_ff @(posedge clk_i) if (en_i) product_q <= a * b;

  // Where no fraction is lost the cast is wiring; keep it so for the simulators, too.
  localparam int Shift = OutFraction - ProductFraction;
  generate
    if (Shift >= 0) begin : gen_exact
      assign out_o = OutWidth'(product_q) << Shift;
    end else begin : gen_cast
      acc_requant #(
          .InWidth(ProductWidth),
          .InFraction(ProductFraction),
          .InSigned(1),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(1),
          .Rounding(Rounding),
          .Overflow(acc_pkg::OverflowWrap)
      ) u_cast (
          .in_i (product_q),
          .out_o(out_o)
      );
    end
  endgenerate

endmodule
