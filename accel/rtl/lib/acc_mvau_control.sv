// Control of a matrix-vector unit: where in a position its cycles stand, and what its stages need to know of that.
//
// A position takes Beats beats, each Groups groups of outputs in turn, each of these Fold cycles: fold_o counts them, in_ready_o comes in
// a beat's last one. work_o bit s is an enable of stage s, which has something to do, bit 0 with the input. Of the last stage, Stages,
// first_o says that its term begins a turn of group_o, and of the stage before coming_o which group's turn that is, coming_fresh_o
// whether its first one in the position.
// done_o says that the sums of done_group_o are final, and stand in a register behind the last stage; without Accumulated, where each cycle
// makes those of the only group, in that before.
// Everything stops without en_i.

module acc_mvau_control #(
    parameter int Fold = 2,  // cycles of a group's turn
    parameter int Groups = 2,  // groups
    parameter int Beats = 1,  // beats of a position
    parameter int Stages = 3,  // stages before the last, at least 2
    parameter bit Accumulated = 1,  // whether the last stage adds the terms of several cycles
    parameter int FoldWidth = $clog2(Fold + 1),  // derived
    parameter int GroupWidth = $clog2(Groups + 1)  // derived
) (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    input  logic                  en_i,
    input  logic                  in_valid_i,
    output logic                  in_ready_o,
    output logic [ FoldWidth-1:0] fold_o,
    output logic [      Stages:0] work_o,
    output logic [GroupWidth-1:0] coming_o,
    output logic                  coming_fresh_o,
    output logic [GroupWidth-1:0] group_o,
    output logic                  first_o,
    output logic                  done_o,
    output logic [GroupWidth-1:0] done_group_o
);

  localparam int BeatWidth = $clog2(Beats + 1);

  logic [Stages-1:0] valid_q;  // of all stages but the first
  assign work_o = {valid_q, in_valid_i} & {(Stages + 1) {en_i}};

  logic [FoldWidth-1:0] fold_q;
  logic [GroupWidth-1:0] group_q;
  logic [BeatWidth-1:0] beat_q;
  logic last_fold, last_group, last_beat;
  assign last_fold  = fold_q == FoldWidth'(Fold - 1);
  assign last_group = group_q == GroupWidth'(Groups - 1);
  assign last_beat  = beat_q == BeatWidth'(Beats - 1);
  assign in_ready_o = en_i && last_fold && last_group;
  assign fold_o = fold_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fold_q  <= '0;
      group_q <= '0;
      beat_q  <= '0;
    end else if (work_o[0]) begin
      fold_q <= last_fold ? '0 : fold_q + 1'b1;
      if (last_fold) group_q <= last_group ? '0 : group_q + 1'b1;
      if (last_fold && last_group) beat_q <= last_beat ? '0 : beat_q + 1'b1;
    end
  end

  // Beside the data travel the first and last addition to a group's sum, the position's first beat, and which group it is.
  logic [Stages-1:0] first_q, last_q, fresh_q;
  logic [Stages*GroupWidth-1:0] which_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (en_i) valid_q <= Stages'({valid_q, in_valid_i});
    if (en_i) begin
      first_q <= Stages'({first_q, fold_q == '0 && (Groups > 1 || beat_q == '0)});
      fresh_q <= Stages'({fresh_q, beat_q == '0});
      last_q  <= Stages'({last_q, last_fold && last_beat});
      which_q <= (Stages * GroupWidth)'({which_q, group_q});
    end
  end
  assign coming_o = which_q[(Stages-2)*GroupWidth+:GroupWidth];
  assign coming_fresh_o = fresh_q[Stages-2];
  assign group_o = which_q[(Stages-1)*GroupWidth+:GroupWidth];
  assign first_o = first_q[Stages-1];

  generate
    if (Accumulated) begin : gen_done_with_last
      logic done_q;
      logic [GroupWidth-1:0] done_group_q;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) done_q <= 1'b0;
        else if (en_i) done_q <= valid_q[Stages-1] && last_q[Stages-1];
        if (en_i) done_group_q <= group_o;
      end
      assign done_o = done_q;
      assign done_group_o = done_group_q;
    end else begin : gen_done_with_each
      assign done_o = valid_q[Stages-1];
      assign done_group_o = '0;
    end
  endgenerate

  logic unused;
  assign unused = &{1'b0, fresh_q, last_q};

  if (Stages < 2) begin : gen_bad
    initial $fatal(1, "acc_mvau_control: Stages must be at least 2");
  end

endmodule
