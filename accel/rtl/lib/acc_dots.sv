// Dot products: of Simd inputs with the weights of each of Parallel outputs.
//
//   sums_o[p] = sum_s cast(x[s] * w[s, p]) + added_i[p] + Bias[p]      modulo 2**AccWidth
//
// Products are cast to the accumulator first (acc_products). With Added, added_i is one more term, a cycle behind its x_i; with Biased, the
// constant Bias. Terms are added by Trees trees of as many each (acc_adder_tree), the first ones, and Bias, by the first: the caller adds
// their sums.
//
// Latency: 1 + ceil(log3((Simd + Added)/Trees + Biased)) enabled cycles. Products, bit 0, and levels of the trees have an enable each, one
// cycle behind the other.
// Data layout: input s of output p in x_i[(p*Sets/Parallel*Simd+s)*InWidth +: InWidth], word_i as acc_products has it, the term of output p in
// added_i[p*AccWidth +: AccWidth], the sum of its tree t in sums_o[(p*Trees+t)*AccWidth +: AccWidth].
// All products never stand in one vector: each would wake all of it in event-driven simulators.

module acc_dots #(
    parameter int Simd = 2,  // inputs
    parameter int Parallel = 2,  // outputs
    parameter int Sets = 1,  // sets of inputs, each of as many outputs: Parallel, or fewer that are copies
    parameter int Apart = 0,  // of the weights of two outputs in one multiplier (acc_products); 0: each has its own
    parameter int Overlap = 1,  // of their products (acc_products)
    parameter int InWidth = 8,  // bits of an input
    parameter bit InSigned = 1,  // whether it is signed
    parameter int WeightWidth = 8,  // bits of a weight
    parameter bit WeightSigned = 1,  // whether it is signed
    parameter int ProductFraction = 8,  // fractional bits of input plus weight
    parameter int AccWidth = 18,  // bits of the accumulator
    parameter int AccFraction = 8,  // its fractional bits
    parameter int AccRounding = 0,  // rounding of a product into it, code of acc_pkg
    parameter bit Added = 0,  // whether added_i is added
    parameter bit Biased = 0,  // whether Bias is
    parameter logic [Parallel*AccWidth-1:0] Bias = '0,  // that of output 0 low
    parameter int Trees = 1,  // sums of an output; divides its terms
    parameter int Terms = (Simd + (Added ? 1 : 0)) / Trees,  // of a tree, derived
    parameter int Levels = acc_pkg::tree_levels(Terms + (Biased ? 1 : 0)),  // of adders, derived
    parameter int Enables = Levels > 0 ? Levels : 1  // of a tree, derived
) (
    input  logic                                 clk_i,
    input  logic [                    Enables:0] en_i,
    input  logic [        Sets*Simd*InWidth-1:0] x_i,
    input  logic [Simd*Parallel*WeightWidth-1:0] word_i,
    input  logic [        Parallel*AccWidth-1:0] added_i,
    output logic [  Trees*Parallel*AccWidth-1:0] sums_o
);

  logic [Trees*Parallel*AccWidth-1:0] sums;
  always_comb sums_o = sums;  // a variable: each reader of a part of a net of many drivers makes Icarus go through all of them

  localparam int Shared = Apart > 0 ? 2 : 1;  // outputs that share multipliers
  generate
    for (genvar g = 0; g * Shared < Parallel; g++) begin : gen_products
      localparam int First = g * Shared;
      localparam int Count = First + Shared > Parallel ? 1 : Shared;
      logic [Simd*Count*AccWidth-1:0] products;
      acc_products #(
          .Simd(Simd),
          .Parallel(Parallel),
          .First(First),
          .Count(Count),
          .Apart(Apart),
          .Overlap(Overlap),
          .InWidth(InWidth),
          .InSigned(InSigned),
          .WeightWidth(WeightWidth),
          .WeightSigned(WeightSigned),
          .ProductFraction(ProductFraction),
          .OutWidth(AccWidth),
          .OutFraction(AccFraction),
          .Rounding(AccRounding)
      ) u_products (
          .clk_i,
          .en_i(en_i[0]),
          .x_i(x_i[First*Sets/Parallel*Simd*InWidth+:Simd*InWidth]),
          .word_i,
          .terms_o(products)
      );

      for (genvar p = First; p < First + Count; p++) begin : gen_output
        logic [Trees*Terms*AccWidth-1:0] terms;
        assign terms[0+:Simd*AccWidth] = products[(p-First)*Simd*AccWidth+:Simd*AccWidth];
        if (Added) begin : gen_added
          assign terms[Simd*AccWidth+:AccWidth] = added_i[p*AccWidth+:AccWidth];
        end
        for (genvar t = 0; t < Trees; t++) begin : gen_tree
          acc_adder_tree #(
              .Terms(Terms),
              .Width(AccWidth),
              .Biased(Biased),
              .Bias(t == 0 ? Bias[p*AccWidth+:AccWidth] : '0)
          ) u_tree (
              .clk_i,
              .en_i(en_i[1+:Enables]),
              .terms_i(terms[t*Terms*AccWidth+:Terms*AccWidth]),
              .sum_o(sums[(p*Trees+t)*AccWidth+:AccWidth])
          );
        end
      end
    end
  endgenerate

  logic unused;
  assign unused = &{1'b0, added_i};

  if ((Simd + (Added ? 1 : 0)) % Trees != 0) begin : gen_bad
    initial $fatal(1, "acc_dots: Trees must divide the terms of an output");
  end

endmodule
