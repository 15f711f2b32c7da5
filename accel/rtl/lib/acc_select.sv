// One word of a vector of Count words, chosen by its number; a number of Count or more gives an arbitrary word.
//
//   word_o = words_i[index_i*Width +: Width]
//
// No register. The number's bits choose between halves, the highest first: a tree of Count - 1 multiplexers, where a product of
// number and width would be a multiplier and a shifter. Each level is one vector, which simulators are glad of.

module acc_select #(
    parameter int Width = 8,  // bits of a word
    parameter int Count = 4  // words
) (
    input  logic [$clog2(Count + 1)-1:0] index_i,
    input  logic [      Count*Width-1:0] words_i,
    output logic [            Width-1:0] word_o
);

  localparam int Levels = $clog2(Count);

  generate
    for (genvar l = Levels; l >= 0; l--) begin : gen_level
      localparam int Words = (l == Levels) ? Count : 1 << l;
      logic [Words*Width-1:0] words;
      if (l == Levels) begin : gen_all
        assign words = words_i;
      end else begin : gen_half
        localparam int Before = (l + 1 == Levels) ? Count : 2 * Words;
        localparam int Upper = (Before - Words) * Width;  // bits of the upper half, the smaller one where they differ
        assign words[Upper-1:0] = index_i[l] ? gen_level[l+1].words[Words*Width+:Upper] : gen_level[l+1].words[Upper-1:0];
        if (Before < 2 * Words) begin : gen_only_lower
          assign words[Words*Width-1:Upper] = gen_level[l+1].words[Words*Width-1:Upper];
        end
      end
    end
  endgenerate

  assign word_o = gen_level[0].words;

  // A power of two of words leaves the number's top bit without use.
  logic unused;
  assign unused = &{1'b0, index_i};

endmodule
