// The registered products of a matrix-vector unit: of each of Simd inputs with a weight of each of Parallel outputs, cast to the accumulator.
//
// With Apart > 0 two outputs share a multiplier for each input (acc_multiply); the last of an odd number has its own.
//
// Latency: 1 enabled cycle. Data: input s, which with Own = Parallel is of output p alone, in x_i[(s*Own + p%Own)*InWidth +: InWidth], its
// weight in word_i[(s*Parallel+p)*WeightWidth +: WeightWidth], their product in terms_o[(p*Simd+s)*OutWidth +: OutWidth].
// Does not: add, or saturate.

module acc_products #(
    parameter int Simd = 2,  // inputs
    parameter int Parallel = 2,  // outputs
    parameter int Own = 1,  // outputs that have inputs of their own: Parallel, or 1, where all have the same
    parameter int Apart = 0,  // bits from one weight of two to the other in their multiplier; 0: each product has its own
    parameter int Overlap = 1,  // bits that their products have in common there
    parameter int InWidth = 8,  // bits of an input
    parameter bit InSigned = 1,  // whether it is signed
    parameter int WeightWidth = 8,  // bits of a weight
    parameter bit WeightSigned = 1,  // whether it is signed
    parameter int ProductFraction = 8,  // fractional bits of input plus weight
    parameter int OutWidth = 18,  // bits of a product as it is cast, which is signed
    parameter int OutFraction = 8,  // its fractional bits
    parameter int Rounding = 0  // its rounding, code of acc_pkg
) (
    input  logic                                 clk_i,
    input  logic                                 en_i,
    input  logic [         Simd*Own*InWidth-1:0] x_i,
    input  logic [Simd*Parallel*WeightWidth-1:0] word_i,
    output logic [   Simd*Parallel*OutWidth-1:0] terms_o
);

  localparam int Shared = Apart > 0 ? 2 : 1;  // products of a multiplier
  generate
    for (genvar p = 0; p < Parallel; p = p + Shared) begin : gen_output
      localparam int Count = p + Shared > Parallel ? 1 : Shared;
      for (genvar s = 0; s < Simd; s++) begin : gen_input
        logic [Count*OutWidth-1:0] terms;
        acc_multiply #(
            .AWidth(InWidth),
            .ASigned(InSigned),
            .BWidth(WeightWidth),
            .BSigned(WeightSigned),
            .Apart(Count > 1 ? Apart : 0),
            .Overlap(Overlap),
            .ProductFraction(ProductFraction),
            .OutWidth(OutWidth),
            .OutFraction(OutFraction),
            .Rounding(Rounding)
        ) u_multiply (
            .clk_i,
            .en_i,
            .a_i  (x_i[(s*Own+p%Own)*InWidth+:InWidth]),
            .b_i  (word_i[(s*Parallel+p)*WeightWidth+:Count*WeightWidth]),
            .out_o(terms)
        );
        for (genvar k = 0; k < Count; k++) begin : gen_term
          assign terms_o[((p+k)*Simd+s)*OutWidth+:OutWidth] = terms[k*OutWidth+:OutWidth];
        end
      end
    end
  endgenerate

endmodule
