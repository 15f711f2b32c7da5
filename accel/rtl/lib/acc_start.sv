// Where the sum of one output starts, of Groups groups that take turns: at the group's bias or, where sums are Kept and coming_fresh_i does
// not say that this is the group's first turn, at what its earlier turns gave.
//
// Latency: with one group none; else 1 enabled cycle, as start_o is chosen a cycle ahead. en_i bit 0: the next cycle adds to the sum of
// coming_i, and start_o is its; bit 1: sum_i is what this cycle's addition gives group_i.
// Data layout: bias of group g in Bias[g*Width +: Width].
// It does not add.

module acc_start #(
    parameter int Width = 18,  // bits of a sum
    parameter int Groups = 2,  // groups
    parameter bit Kept = 0,  // whether sums of several groups wait for their next turns
    parameter logic [Groups*Width-1:0] Bias = '0,  // where they start
    parameter int GroupWidth = $clog2(Groups + 1)  // derived
) (
    input  logic                  clk_i,
    input  logic [           1:0] en_i,
    input  logic [GroupWidth-1:0] coming_i,
    input  logic                  coming_fresh_i,
    input  logic [GroupWidth-1:0] group_i,
    input  logic [     Width-1:0] sum_i,
    output logic [     Width-1:0] start_o
);

  generate
    if (Groups == 1) begin : gen_one_group
      assign start_o = Bias;
    end else begin : gen_groups
      logic [Width-1:0] bias, start_d, start_q;
      acc_select #(
          .Width(Width),
          .Count(Groups)
      ) u_bias (
          .index_i(coming_i),
          .words_i(Bias),
          .word_o (bias)
      );
      if (Kept) begin : gen_sums
        logic [Groups*Width-1:0] sums_q;
        logic [Width-1:0] earlier;
        acc_select #(
            .Width(Width),
            .Count(Groups)
        ) u_earlier (
            .index_i(coming_i),
            .words_i(sums_q),
            .word_o (earlier)
        );
        assign start_d = coming_fresh_i ? bias : earlier;
        for (genvar g = 0; g < Groups; g++) begin : gen_sum
          always_ff @(posedge clk_i) if (en_i[1] && group_i == GroupWidth'(g)) sums_q[g*Width+:Width] <= sum_i;
        end
      end else begin : gen_bias
        assign start_d = bias;
      end
      always_ff @(posedge clk_i) if (en_i[0]) start_q <= start_d;
      assign start_o = start_q;
    end
  endgenerate

  logic unused;
  assign unused = &{1'b0, clk_i, en_i, coming_i, coming_fresh_i, group_i, sum_i};

endmodule
