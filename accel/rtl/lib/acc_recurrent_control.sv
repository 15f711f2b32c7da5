// Control of a recurrent layer: when U*h is computed, which stages of the gates work, when a step ends, when the layer waits.
//
// A step issues U*h in its first Reuse cycles (issue_o). Meanwhile and behind it take_i asks for the beats of W*x, and done_i says
// that a group's sums are there: stages_o[0], and stages_o[s] s cycles later. When the last of Groups groups is in the last stage
// the step ends: last_o, with emit_o if it is an output beat, with clear_o if the frame ends. The next step follows without a bubble.
//
// en_o stops everything while the beat that take_i asks for is not there, and in the last cycle of a step whose output beat finds
// the one before still waiting. Latency: out_valid_o comes a cycle behind emit_o.

module acc_recurrent_control #(
    parameter int Steps           = 4,  // time steps of a frame
    parameter bit ReturnSequences = 0,  // an output beat per step, else per frame
    parameter int Groups          = 4,  // groups of units that pass the gates one after another
    parameter int Reuse           = 4,  // cycles that issue U*h
    parameter int Stages          = 6   // cycles from a group's sums to its h
) (
    input  logic              clk_i,
    input  logic              rst_ni,
    input  logic              in_valid_i,
    output logic              in_ready_o,
    output logic              out_valid_o,
    input  logic              out_ready_i,
    input  logic              take_i,
    input  logic              done_i,
    output logic              en_o,
    output logic              issue_o,
    output logic [Stages-1:0] stages_o,
    output logic              last_o,
    output logic              emit_o,
    output logic              clear_o
);

  localparam int IssueWidth = $clog2(Reuse + 1);
  localparam int GroupWidth = $clog2(Groups + 1);
  localparam int StepWidth = $clog2(Steps + 1);

  logic [IssueWidth-1:0] issued_q;
  logic [GroupWidth-1:0] group_q;
  logic [StepWidth-1:0] step_q;
  logic [Stages-1:1] stages_q;
  logic out_valid_q, last_issue, last_group, last_step, ends;
  logic out_valid_d, emit_d;
  logic issue_q, last_q, emit_q, clear_q, full_q;  // registers, because so much hangs on them; full_q: emit_o and out_valid_o

  assign last_issue = issued_q == IssueWidth'(Reuse - 1);
  assign last_group = group_q == GroupWidth'(Groups - 1);
  assign last_step = step_q == StepWidth'(Steps - 1);

  assign in_ready_o = take_i;
  assign out_valid_o = out_valid_q;
  assign issue_o = issue_q;
  assign stages_o = {stages_q, done_i};
  assign ends = stages_o[Stages-2] && last_group;  // the last group enters the last stage
  assign last_o = last_q;
  assign emit_o = emit_q;
  assign clear_o = clear_q;
  assign en_o = (in_valid_i || !take_i) && (out_ready_i || !full_q);
  assign emit_d = en_o ? ends && (ReturnSequences || last_step) : emit_q;
  assign out_valid_d = (emit_q && en_o) || (out_valid_q && !out_ready_i);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      issue_q  <= 1'b1;
      issued_q <= '0;
      group_q  <= '0;
      step_q   <= '0;
      stages_q <= '0;
      last_q   <= 1'b0;
      clear_q  <= 1'b0;
    end else if (en_o) begin
      issue_q <= last_o || (issue_o && !last_issue);
      if (issue_o) issued_q <= last_issue ? '0 : issued_q + 1'b1;
      if (stages_o[Stages-2]) group_q <= last_group ? '0 : group_q + 1'b1;
      if (last_o) step_q <= last_step ? '0 : step_q + 1'b1;
      stages_q <= stages_o[Stages-2:0];
      last_q   <= ends;
      clear_q  <= ends && last_step;
    end
  end

  always_ff @(posedge clk_i) begin
    emit_q      <= rst_ni && emit_d;
    out_valid_q <= rst_ni && out_valid_d;
    full_q      <= rst_ni && emit_d && out_valid_d;
  end

  if (Steps < 1 || Groups < 1 || Reuse < 1 || Stages < 2) begin : gen_bad
    initial $fatal(1, "acc_recurrent_control: Steps, Groups and Reuse must be positive, Stages at least 2");
  end

endmodule
