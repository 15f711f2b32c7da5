// The last Count words: out_o = {in_i, those of the Count - 1 enabled cycles before}, the oldest lowest.
//
// Latency: none; all words but the newest are registers, which are not reset.

module acc_collect #(
    parameter int Width = 8,  // bits of a word
    parameter int Count = 2   // words
) (
    input  logic                   clk_i,
    input  logic                   en_i,
    input  logic [      Width-1:0] in_i,
    output logic [Count*Width-1:0] out_o
);

  generate
    if (Count == 1) begin : gen_wire
      assign out_o = in_i;
      logic unused;
      assign unused = &{1'b0, clk_i, en_i};
    end else begin : gen_registers
      logic [(Count-1)*Width-1:0] before_q;
      assign out_o = {in_i, before_q};
      always_ff @(posedge clk_i) if (en_i) before_q <= out_o[Count*Width-1:Width];
    end
  endgenerate

  if (Count < 1 || Width < 1) begin : gen_bad
    initial $fatal(1, "acc_collect: Count and Width must be at least 1");
  end

endmodule
