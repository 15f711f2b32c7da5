// Registered multiplier with a cast: out = cast(a * b), or of two numbers b that share it: out[k] = cast(a * b[k]).
//
// Two are multiplied as one, b[1] * 2^Apart + b[0]; b_i has b[1] one less where b[0] is negative, so that they are only put side by side.
// Apart bits hold b[0], Apart + Overlap bits a * b[0]. The Overlap lowest bits of a * b[1] are computed apart: what the product has in
// their place beside them is what a * b[0] has there.
// Latency: 1 enabled cycle (the product is registered, the cast behind it is not). The cast rounds by Rounding and wraps.
// With Cut, b is multiplied in two parts, the lower one of 17 bits, and their registered products are added before the cast: so a b of 19
// to 35 bits takes two multipliers of 18 by 18 bits with nothing behind them in their cycle.
// It does not saturate. Data: number k in b_i[k*BWidth +: BWidth], result k in out_o[k*OutWidth +: OutWidth].

module acc_multiply #(
    parameter int AWidth = 8,  // bits of a
    parameter bit ASigned = 1,  // whether a is signed
    parameter int BWidth = 8,  // bits of b
    parameter bit BSigned = 1,  // whether b is signed
    parameter int Apart = 0,  // bits from the first number b, which is signed, to a second one; 0: there is one
    parameter int Overlap = 1,  // bits of the first one's product above these, at least its sign
    parameter int ProductFraction = 8,  // fractional bits of a plus those of b
    parameter int OutWidth = 18,  // bits of the result, which is signed
    parameter int OutFraction = 8,  // fractional bits of the result
    parameter int Rounding = 0,  // code of acc_pkg
    parameter bit Cut = 0,  // for one b of more than 17 bits
    parameter int Count = Apart > 0 ? 2 : 1  // products, derived
) (
    input  logic                      clk_i,
    input  logic                      en_i,
    input  logic [        AWidth-1:0] a_i,
    input  logic [  Count*BWidth-1:0] b_i,
    output logic [Count*OutWidth-1:0] out_o
);

  localparam int ASpan = AWidth + (ASigned ? 0 : 1);
  localparam int BSpan = BWidth + (BSigned ? 0 : 1);
  localparam int ProductWidth = ASpan + BSpan;

  logic signed [ASpan-1:0] a;
  logic signed [Apart+BSpan-1:0] b;
  logic signed [Apart+ProductWidth-1:0] product;
  logic signed [Count*ProductWidth-1:0] products;

  generate
    if (ASigned) begin : gen_a_signed
      assign a = a_i;
    end else begin : gen_a_unsigned
      assign a = {1'b0, a_i};
    end
    if (Apart > 0) begin : gen_b_pair
      assign b = {b_i[BWidth+:BWidth], Apart'($signed(b_i[BWidth-1:0]))};
    end else if (BSigned) begin : gen_b_signed
      assign b = b_i;
    end else begin : gen_b_unsigned
      assign b = {1'b0, b_i};
    end
  endgenerate

  generate
    if (Cut) begin : gen_parts
      localparam int Low = 17;
      logic signed [ASpan+Low-1:0] low_q;  // that part has no sign
      logic signed [ProductWidth-Low-1:0] high_q;
      always_ff @(posedge clk_i) begin
        if (en_i) begin
          low_q  <= a * $signed({1'b0, b[Low-1:0]});
          high_q <= a * $signed(b[BSpan-1:Low]);
        end
      end
      assign product = $signed({high_q, Low'(0)}) + ProductWidth'(low_q);
    end else begin : gen_whole
      logic signed [Apart+ProductWidth-1:0] product_q;
      always_ff @(posedge clk_i) if (en_i) product_q <= a * b;
      assign product = product_q;
    end
  endgenerate

  generate
    if (Apart > 0) begin : gen_pair
      logic [Overlap-1:0] upper, lowest, lowest_q;
      logic signed [Overlap-1:0] shared;
      assign upper = Overlap'(b_i[BWidth+:BWidth]) + Overlap'(b_i[BWidth-1]);
      always_comb begin
        lowest = '0;
        for (int i = 0; i < Overlap; i++) if (upper[i]) lowest += Overlap'(a) << i;
      end
      always_ff @(posedge clk_i) if (en_i) lowest_q <= lowest;
      assign shared = product[Apart+:Overlap] - lowest_q;
      assign products[0+:ProductWidth] = ProductWidth'($signed({shared, product[Apart-1:0]}));
      if (Overlap == 1) begin : gen_sign  // of which the additions behind make a carry
        wire borrow = shared[0] & ~lowest_q[0];
        wire [ProductWidth-2:0] rest = product[Apart+1+:ProductWidth-1] + (ProductWidth - 1)'(borrow);
        assign products[ProductWidth+:ProductWidth] = {rest, lowest_q};
      end else begin : gen_bits
        assign products[ProductWidth+:ProductWidth] = product[Apart+:ProductWidth] - ProductWidth'(shared);
      end
    end else begin : gen_one
      assign products = product;
    end
  endgenerate

  // Where no fraction is lost the cast is wiring; keep it so for the simulators, too.
  localparam int Shift = OutFraction - ProductFraction;
  generate
    for (genvar k = 0; k < Count; k++) begin : gen_result
      if (Shift >= 0) begin : gen_exact
        assign out_o[k*OutWidth+:OutWidth] = OutWidth'($signed(products[k*ProductWidth+:ProductWidth])) << Shift;
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
            .in_i (products[k*ProductWidth+:ProductWidth]),
            .out_o(out_o[k*OutWidth+:OutWidth])
        );
      end
    end
  endgenerate

endmodule
