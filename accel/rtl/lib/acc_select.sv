// One word of a vector of Count words, chosen by its number; a number of Count or more gives an arbitrary word.
//
//   word_o = words_i[index_i*Width +: Width]
//
// No register. The words are spread to a power of two apart first, so that the number's bits choose between halves: a multiplexer
// tree, where a product of number and width would be a multiplier and a shifter.

module acc_select #(
    parameter int Width = 8,  // bits of a word
    parameter int Count = 4  // words
) (
    input  logic [$clog2(Count + 1)-1:0] index_i,
    input  logic [      Count*Width-1:0] words_i,
    output logic [            Width-1:0] word_o
);

  localparam int Stride = 1 << $clog2(Width);

  generate
    if (Count == 1) begin : gen_only
      assign word_o = words_i;
      logic unused;
      assign unused = &{1'b0, index_i};
    end else begin : gen_tree
      logic [Count*Stride-1:0] spread;
      always_comb begin
        spread = '0;
        for (int i = 0; i < Count; i++) spread[i*Stride+:Width] = words_i[i*Width+:Width];
      end
      assign word_o = spread[int'(index_i)<<$clog2(Width)+:Width];
    end
  endgenerate

endmodule
