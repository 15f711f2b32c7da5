// Registered products of a matrix-vector unit: of each of Simd inputs with weights of Count of its Parallel outputs, from output First on,
// cast to the accumulator.
//
// With Apart > 0 two outputs share a multiplier for each input (acc_multiply); an output alone has its own.
//
// Latency: 1 enabled cycle. Data: input s in x_i[s*InWidth +: InWidth], its weight in word_i[(s*Parallel+p)*WeightWidth +:
// WeightWidth], their product in terms_o[((p-First)*Simd+s)*OutWidth +: OutWidth].
// Does not: add, or saturate.

module acc_products #(
    parameter int Simd = 2,  // inputs
    parameter int Parallel = 2,  // outputs of the unit
    parameter int First = 0,  // the first output of these
    parameter int Count = 2,  // outputs: 1, or 2 that share multipliers
    parameter int Apart = 16,  // bits from one weight of two to the other in their multiplier
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
    input  logic [             Simd*InWidth-1:0] x_i,
    // verilator lint_off UNUSEDSIGNAL
    input  logic [Simd*Parallel*WeightWidth-1:0] word_i,  // and those of other outputs
    // verilator lint_on UNUSEDSIGNAL
    output logic [      Simd*Count*OutWidth-1:0] terms_o
);

  generate
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
          .a_i  (x_i[s*InWidth+:InWidth]),
          .b_i  (word_i[(s*Parallel+First)*WeightWidth+:Count*WeightWidth]),
          .out_o(terms)
      );
      for (genvar k = 0; k < Count; k++) begin : gen_term
        assign terms_o[(k*Simd+s)*OutWidth+:OutWidth] = terms[k*OutWidth+:OutWidth];
      end
    end
  endgenerate

endmodule
