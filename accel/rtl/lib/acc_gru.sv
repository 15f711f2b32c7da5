// GRU layer behind its input product: hls4ml's gru_static (reset_after), bit for bit.
//
//   z = gate(wx_z + U_z h), r = gate(wx_r + U_r h), n = activation(wx_h + cast(r * (U_h h + Bias)))
//   h = requantise(n * (1 - z) + h * z)
//
// h starts at 0 in each frame of Steps beats. Rounds input beats per step: wx = W x + b in the accumulator's type, where b holds
// the recurrent bias, too, for z and r (for the h gate that is Bias, inside the product with r).
// U h is computed in Rounds rounds of Fold cycles, Parallel = 3*Units/Rounds outputs a round and Simd = Units/Fold elements of h a
// cycle; Lanes = Parallel/gcd(Parallel, 3) units pass the gates at once, as soon as their sums are there.
// Cycles per step: Fold*Rounds + ceil(log3(Simd+1)) + S for Fold = 1, else Fold*Rounds + 1 + ceil(log3(ceil(Simd/2))) + S, with
// S = 3*TableCycles + 2.
// Steps follow without a bubble. Each round takes a beat of wx, the first one 1 or (Fold > 1) 1 + ceil(log3(ceil(Simd/2))) cycles behind
// the step's begin, and the layer waits for it; a waiting output beat stops the layer only when the next one is there.
// Multipliers: 3*Units*Units/(Fold*Rounds) + 3*Lanes, with Cut 4*Lanes. Tables: 3*Lanes.
// Data layout: element unit*3 + gate, gates z r h, is lane p of the step's input beat r where it is r*Parallel + p; out_data_o lane unit.
// It does not compute W x.

module acc_gru #(
    parameter int Steps = 4,  // time steps of a frame
    parameter bit ReturnSequences = 0,  // an output beat per step, else the last h only
    parameter int Units = 4,  // elements of h
    parameter int Fold = 2,  // cycles of a round of U*h
    parameter int Rounds = 2,  // its rounds, a beat of W*x each
    parameter int WeightWidth = 8,  // bits of an element of U
    parameter bit WeightSigned = 1,  // whether it is signed
    parameter int Apart = 0,  // of the weights of two outputs in one multiplier (acc_products); 0: each has its own
    parameter int Overlap = 1,  // of their products (acc_products)
    parameter int WeightFraction = 6,  // its fractional bits
    parameter int AccWidth = 18,  // bits of the accumulator, signed
    parameter int AccFraction = 8,  // its fractional bits
    parameter int AccRounding = 0,  // rounding of products into it, code of acc_pkg
    parameter int HWidth = 16,  // bits of h, signed
    parameter int HFraction = 10,  // its fractional bits
    parameter int HRounding = 0,  // its rounding, code of acc_pkg
    parameter int HOverflow = 0,  // its overflow, code of acc_pkg
    parameter int TableSize = 1024,  // entries of each table, a power of two
    parameter int TableCycles = 2,  // cycles of a read of one: 1, or 2 with a register behind it
    parameter int GateWidth = 12,  // bits of z and r, signed
    parameter int GateFraction = 10,  // their fractional bits
    parameter int GateScaleLog2 = 6,  // log2 of the gate table's entries per unit of its input
    parameter bit GateRelu = 0,  // relu instead of the gate table
    parameter bit GateNegative = 1,  // whether z may be negative
    parameter bit Cut = 0,  // r * sum_h in two parts, as in acc_multiply, for an AccWidth of more than 17
    parameter GateFile = "",  // gate table for $readmemh
    parameter int ActWidth = 12,  // bits of n, signed
    parameter int ActFraction = 10,  // its fractional bits
    parameter int ActScaleLog2 = 7,  // log2 of the activation table's entries per unit of its input
    parameter bit ActRelu = 0,  // relu instead of the activation table
    parameter ActFile = "",  // activation table for $readmemh
    parameter logic [Units*AccWidth-1:0] Bias = '0,  // recurrent bias of the h gate in the accumulator's type
    parameter logic [Units/Fold*(3*Units/Rounds)*WeightWidth-1:0] FirstWord = '0,  // first word of U, as in acc_recurrent_sums
    parameter WeightFile = ""  // all of them where there are several, one a line
) (
    input  logic                               clk_i,
    input  logic                               rst_ni,
    input  logic                               in_valid_i,
    output logic                               in_ready_o,
    input  logic [3*Units/Rounds*AccWidth-1:0] in_data_i,
    output logic                               out_valid_o,
    input  logic                               out_ready_i,
    output logic [           Units*HWidth-1:0] out_data_o
);

  localparam int T = TableCycles;
  localparam int Stages = 3 * T + 2;
  localparam int Simd = Units / Fold;
  localparam int Parallel = 3 * Units / Rounds;
  localparam int Lanes = Parallel / acc_pkg::gcd(Parallel, 3);  // units that pass the gates at once
  localparam bit Close = Lanes < Units && Fold * Lanes * 3 == Parallel;  // whether they do so cycle by cycle

  logic en, take, done, issue, last, emit, clear;
  logic [Stages-1:0] stages;

  acc_recurrent_control #(
      .Steps(Steps),
      .ReturnSequences(ReturnSequences),
      .Groups(Units / Lanes),
      .Reuse(Fold * Rounds),
      .Stages(Stages)
  ) u_control (
      .clk_i,
      .rst_ni,
      .in_valid_i,
      .in_ready_o,
      .out_valid_o,
      .out_ready_i,
      .take_i(take),
      .done_i(done),
      .en_o(en),
      .issue_o(issue),
      .stages_o(stages),
      .last_o(last),
      .emit_o(emit),
      .clear_o(clear)
  );

  logic [Simd*HWidth-1:0] slice;
  logic [Lanes*HWidth-1:0] h_old, h_new;
  acc_recurrent_state #(
      .Units(Units),
      .Width(HWidth),
      .Simd (Simd),
      .Lanes(Lanes),
      .Close(Close)
  ) u_state (
      .clk_i,
      .rst_ni,
      .en_i(en),
      .turn_i(issue),
      .push_i(stages[Stages-1]),
      .last_i(last),
      .emit_i(emit),
      .clear_i(clear),
      .new_i(h_new),
      .slice_o(slice),
      .old_o(h_old),
      .out_data_o
  );

  logic [3*Lanes*AccWidth-1:0] sums, bases;
  acc_recurrent_sums #(
      .Gates(3),
      .Units(Units),
      .Fold(Fold),
      .Rounds(Rounds),
      .InWidth(HWidth),
      .WeightWidth(WeightWidth),
      .WeightSigned(WeightSigned),
      .Apart(Apart),
      .Overlap(Overlap),
      .ProductFraction(HFraction + WeightFraction),
      .AccWidth(AccWidth),
      .AccFraction(AccFraction),
      .AccRounding(AccRounding),
      .FirstWord(FirstWord),
      .WeightFile(WeightFile)
  ) u_sums (
      .clk_i,
      .rst_ni,
      .en_i(en),
      .issue_i(issue),
      .h_i(slice),
      .base_i(in_data_i),
      .take_o(take),
      .done_o(done),
      .sums_o(sums),
      .base_o(bases)
  );

  // What a group adds to its sums of the h gate, in place of wx.
  localparam int Groups = Units / Lanes;
  localparam int GroupWidth = $clog2(Groups + 1);
  logic [GroupWidth-1:0] group_q, group_d;
  logic [Lanes*AccWidth-1:0] bias_q, bias_d;
  always_comb begin
    group_d = group_q;
    if (!rst_ni) group_d = '0;
    else if (stages[0]) group_d = (group_q == GroupWidth'(Groups - 1)) ? '0 : group_q + 1'b1;
  end
  acc_select #(
      .Width(Lanes * AccWidth),
      .Count(Groups)
  ) u_bias (
      .index_i(group_d),
      .words_i(Bias),
      .word_o (bias_d)
  );
  always_ff @(posedge clk_i) begin
    if ((en && stages[0]) || !rst_ni) begin
      group_q <= group_d;
      bias_q  <= bias_d;
    end
  end

  generate
    for (genvar k = 0; k < Lanes; k++) begin : gen_lane
      // The base of the h gate's sum waits for stage T + 1; without it, and with Bias, the sum waits for stage T.
      logic [AccWidth-1:0] wx_h, wx_h_late, sum_h_q, sum_h_late;
      assign wx_h = bases[(3*k+2)*AccWidth+:AccWidth];
      always_ff @(posedge clk_i) begin
        if (en && stages[0]) sum_h_q <= sums[(3*k+2)*AccWidth+:AccWidth] - wx_h + bias_q[k*AccWidth+:AccWidth];
      end
      acc_delay #(
          .Width (AccWidth),
          .Cycles(T + 1)
      ) u_wx_h (
          .clk_i,
          .en_i(en && |stages[T:0]),
          .in_i (wx_h),
          .out_o(wx_h_late)
      );
      acc_delay #(
          .Width (AccWidth),
          .Cycles(T - 1)
      ) u_sum_h (
          .clk_i,
          .en_i(en && stages[1]),
          .in_i (sum_h_q),
          .out_o(sum_h_late)
      );

      acc_gru_lane #(
          .AccWidth(AccWidth),
          .AccFraction(AccFraction),
          .AccRounding(AccRounding),
          .HWidth(HWidth),
          .HFraction(HFraction),
          .HRounding(HRounding),
          .HOverflow(HOverflow),
          .TableSize(TableSize),
          .TableCycles(TableCycles),
          .GateWidth(GateWidth),
          .GateFraction(GateFraction),
          .GateScaleLog2(GateScaleLog2),
          .GateRelu(GateRelu),
          .GateNegative(GateNegative),
          .Cut(Cut),
          .GateFile(GateFile),
          .ActWidth(ActWidth),
          .ActFraction(ActFraction),
          .ActScaleLog2(ActScaleLog2),
          .ActRelu(ActRelu),
          .ActFile(ActFile)
      ) u_lane (
          .clk_i,
          .en_i(stages[3*T:0] & {(3 * T + 1) {en}}),
          .sum_z_i(sums[3*k*AccWidth+:AccWidth]),
          .sum_r_i(sums[(3*k+1)*AccWidth+:AccWidth]),
          .sum_h_i(sum_h_late),
          .wx_h_i(wx_h_late),
          .h_i(h_old[k*HWidth+:HWidth]),
          .h_o(h_new[k*HWidth+:HWidth])
      );
    end
  endgenerate

  logic unused;
  assign unused = &{1'b0, stages, bases};

endmodule
