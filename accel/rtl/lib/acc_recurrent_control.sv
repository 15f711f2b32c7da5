// Control of a recurrent layer: when each step begins, which part of it works, when the layer waits.
//
// A step takes Cycles = Drain + Units/Lanes + Stages - 1 cycles, counted from the one that takes its input beat:
//   0 .. Reuse-1                    issue_o: U*h is computed; first_o in cycle 0
//   Drain .. Drain+Units/Lanes-1    stages_o[0]: a group of Lanes units enters the gates; stages_o[s] is s cycles later
//   Cycles-1                        the last group of h is written; emit_o if it is an output beat, clear_o if the frame ends
// Drain is the latency of acc_recurrent_sums.
// Latency: out_valid_o comes Cycles after the input beat; the next beat may come with it. en_o stops everything only in the last
// cycle of a step whose output beat finds the one before still waiting.

module acc_recurrent_control #(
    parameter int Steps           = 4,  // time steps of a frame
    parameter bit ReturnSequences = 0,  // an output beat per step, else per frame
    parameter int Units           = 4,  // elements of h
    parameter int Lanes           = 4,  // units that enter the gates per cycle
    parameter int Reuse           = 1,  // cycles that issue U*h
    parameter int Stages          = 6   // cycles from a group's sums to its h
) (
    input  logic              clk_i,
    input  logic              rst_ni,
    input  logic              in_valid_i,
    output logic              in_ready_o,
    output logic              out_valid_o,
    input  logic              out_ready_i,
    output logic              en_o,
    output logic              first_o,
    output logic              issue_o,
    output logic [Stages-1:0] stages_o,
    output logic              emit_o,
    output logic              clear_o
);

  localparam int Simd = Units / acc_pkg::gcd(Reuse, Units);
  localparam int Drain = (Reuse == 1 && Lanes == Units) ? 1 + acc_pkg::tree_levels(Units + 1)
                                                        : Reuse + 1 + acc_pkg::tree_levels((Simd + 1) / 2);
  localparam int Groups = Units / Lanes;
  localparam int Cycles = Drain + Groups + Stages - 1;
  localparam int CycleWidth = $clog2(Cycles + 1);
  localparam int StepWidth = $clog2(Steps + 1);

  logic [CycleWidth-1:0] cycle_q;
  logic [StepWidth-1:0] step_q;
  logic [Stages-1:1] stages_q;
  logic out_valid_q, idle, last_cycle, last_step, enter;

  assign idle = cycle_q == '0;
  assign last_cycle = cycle_q == CycleWidth'(Cycles - 1);
  assign last_step = step_q == StepWidth'(Steps - 1);
  assign enter = cycle_q >= CycleWidth'(Drain) && cycle_q < CycleWidth'(Drain + Groups);

  assign in_ready_o = idle;
  assign out_valid_o = out_valid_q;
  assign first_o = idle && in_valid_i;
  assign issue_o = idle ? in_valid_i : cycle_q < CycleWidth'(Reuse);
  assign stages_o = {stages_q, enter};
  assign emit_o = last_cycle && (ReturnSequences || last_step);
  assign clear_o = last_cycle && last_step;
  assign en_o = !(emit_o && out_valid_q && !out_ready_i);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      cycle_q  <= '0;
      step_q   <= '0;
      stages_q <= '0;
    end else if (en_o) begin
      if (!idle || in_valid_i) cycle_q <= last_cycle ? '0 : cycle_q + 1'b1;
      if (last_cycle) step_q <= last_step ? '0 : step_q + 1'b1;
      stages_q <= stages_o[Stages-2:0];
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) out_valid_q <= 1'b0;
    else if (emit_o && en_o) out_valid_q <= 1'b1;
    else if (out_ready_i) out_valid_q <= 1'b0;
  end

  if (Steps < 1 || Units < 1 || Lanes < 1 || Reuse < 1 || Stages < 2) begin : gen_bad
    initial $fatal(1, "acc_recurrent_control: Steps, Units, Lanes and Reuse must be positive, Stages at least 2");
  end

endmodule
