// The words of a vector, one after the other: index_i counts 0 .. Count-1 over and over, one on in each cycle with
// go_i.
//
//   word_o = words_i[index_i*Width +: Width]
//
// A multiplexer of more than Most words would be the longest path of a design: there the next Block words are fetched
// together into registers in the cycle before the first one's turn. The first Block words, which come with the vector,
// are not.
//
// No latency. The vector stays from word 0 to the last one's go_i.

module acc_slices #(
    parameter int Width = 8,  // bits of a word
    parameter int Count = 72  // words
) (
    input  logic                         clk_i,
    input  logic                         rst_ni,
    input  logic                         go_i,
    input  logic [$clog2(Count + 1)-1:0] index_i,
    input  logic [      Count*Width-1:0] words_i,
    output logic [            Width-1:0] word_o
);

  localparam int Most = 64;
  localparam int Block = 8;

  generate
    if (Count <= Most) begin : gen_all
      acc_select #(
          .Width(Width),
          .Count(Count)
      ) u_word (
          .index_i,
          .words_i,
          .word_o
      );
      logic unused;
      assign unused = &{1'b0, clk_i, rst_ni, go_i};
    end else begin : gen_blocks
      localparam int Later = (Count - 1) / Block;  // blocks but the first
      localparam int PlaceWidth = $clog2(Block);
      localparam int IndexWidth = $clog2(Count + 1);
      localparam int LaterWidth = $clog2(Later + 1);

      logic [PlaceWidth-1:0] place;  // in its block
      logic ends, last, direct_q;  // direct: in the first block
      assign place = index_i[PlaceWidth-1:0];
      assign ends  = &place;
      assign last  = index_i == IndexWidth'(Count - 1);
      always_ff @(posedge clk_i) begin
        if (!rst_ni) direct_q <= 1'b1;
        else if (go_i) direct_q <= last || (direct_q && !ends);
      end

      logic [Block*Width-1:0] fetched, fetched_q;
      acc_select #(
          .Width(Block * Width),
          .Count(Later)
      ) u_fetch (
          .index_i(LaterWidth'(index_i >> PlaceWidth)),
          .words_i((Later * Block * Width)'(words_i >> Block * Width)),
          .word_o (fetched)
      );
      always_ff @(posedge clk_i) if (go_i && ends) fetched_q <= fetched;

      acc_select #(
          .Width(Width),
          .Count(Block)
      ) u_word (
          .index_i({1'b0, place}),
          .words_i(direct_q ? words_i[Block*Width-1:0] : fetched_q),
          .word_o
      );
    end
  endgenerate

endmodule
