// LSTM layer behind its input product: hls4ml's lstm_static, bit for bit.
//
//   i, f, o = gate(wx + U h) each, c = activation(wx_c + U_c h)
//   cell = requantise(c * i + cell * f), h = requantise(o * activation(cell)), both of h's type
//
// h and the cell start at 0 in each frame of Steps beats. Rounds input beats per step: wx = W x + b in the accumulator's type; b
// holds the recurrent bias, too.
// U h is computed in Rounds rounds of Fold cycles, Parallel = 4*Units/Rounds outputs a round and Simd = Units/Fold elements of h a
// cycle; Lanes = Parallel/gcd(Parallel, 4) units pass the gates at once, as soon as their sums are there.
// Cycles per step: Fold*Rounds + ceil(log3(Simd+1)) + S for Fold = 1, else Fold*Rounds + 1 + ceil(log3(ceil(Simd/2))) + S, with
// S = 3*TableCycles + 1, one more where h's type rounds or saturates.
// Steps follow without a bubble. Each round takes a beat of wx, the first one 1 or (Fold > 1) 1 + ceil(log3(ceil(Simd/2))) cycles behind
// the step's begin, and the layer waits for it; a waiting output beat stops the layer only when the next one is there.
// Multipliers: 4*Units*Units/(Fold*Rounds) + 3*Lanes. Tables: 5*Lanes.
// Data layout: element unit*4 + gate, gates i f c o, is lane p of the step's input beat r where it is r*Parallel + p; out_data_o lane unit.
// It does not compute W x.

module acc_lstm #(
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
    parameter int HWidth = 16,  // bits of h and of the cell, signed
    parameter int HFraction = 10,  // their fractional bits
    parameter int HRounding = 0,  // their rounding, code of acc_pkg
    parameter int HOverflow = 0,  // their overflow, code of acc_pkg
    parameter int TableSize = 1024,  // entries of each table, a power of two
    parameter int TableCycles = 2,  // cycles of a read of one: 1, or 2 with a register behind it
    parameter int GateWidth = 12,  // bits of i, f and o, signed
    parameter int GateFraction = 10,  // their fractional bits
    parameter int GateScaleLog2 = 6,  // log2 of the gate table's entries per unit of its input
    parameter bit GateRelu = 0,  // relu instead of the gate table
    parameter GateFile = "",  // gate table for $readmemh
    parameter int ActWidth = 12,  // bits of c and of the bent cell, signed
    parameter int ActFraction = 10,  // their fractional bits
    parameter int ActScaleLog2 = 7,  // log2 of the activation table's entries per unit of its input
    parameter bit ActRelu = 0,  // relu instead of the activation table
    parameter ActFile = "",  // activation table for $readmemh
    parameter logic [Units/Fold*(4*Units/Rounds)*WeightWidth-1:0] FirstWord = '0,  // first word of U, as in acc_recurrent_sums
    parameter WeightFile = ""  // all of them where there are several, one a line
) (
    input  logic                               clk_i,
    input  logic                               rst_ni,
    input  logic                               in_valid_i,
    output logic                               in_ready_o,
    input  logic [4*Units/Rounds*AccWidth-1:0] in_data_i,
    output logic                               out_valid_o,
    input  logic                               out_ready_i,
    output logic [           Units*HWidth-1:0] out_data_o
);

  localparam bit Plain = HRounding == acc_pkg::RoundTrn && HOverflow == acc_pkg::OverflowWrap;
  localparam int T = TableCycles;
  localparam int Stages = 3 * T + (Plain ? 1 : 2);
  localparam int Simd = Units / Fold;
  localparam int Parallel = 4 * Units / Rounds;
  localparam int Lanes = Parallel / acc_pkg::gcd(Parallel, 4);  // units that pass the gates at once
  localparam bit Close = Lanes < Units && Fold * Lanes * 4 == Parallel;  // whether they do so cycle by cycle

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

  // The cells move down when a group's new ones are there, at stage T + 1. Its old ones, at stage T, are at the low end, or still a
  // group further up where stage T + 1 has one, too. The new ones address a table at stage 2T: at the upper end by then, or just made.
  logic [Units*HWidth-1:0] cells, cells_next;
  logic [Lanes*HWidth-1:0] cells_old, cells_new, cells_late;
  acc_ring #(
      .Units(Units),
      .Width(HWidth),
      .Turn (Units),
      .Shift(Lanes)
  ) u_cells (
      .clk_i,
      .rst_ni,
      .en_i(en),
      .turn_i(1'b0),
      .shift_i(stages[T+1]),
      .clear_i(clear),
      .in_i(cells_new),
      .units_o(cells),
      .next_o(cells_next)
  );

  generate
    if (Close) begin : gen_close
      assign cells_old = stages[T+1] ? cells_next[Lanes*HWidth-1:0] : cells[Lanes*HWidth-1:0];
    end else begin : gen_apart
      assign cells_old = cells[Lanes*HWidth-1:0];
    end
  endgenerate
  assign cells_late = T == 1 ? cells_new : cells[Units*HWidth-1-:Lanes*HWidth];

  logic [4*Lanes*AccWidth-1:0] sums, bases;
  acc_recurrent_sums #(
      .Gates(4),
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

  generate
    for (genvar k = 0; k < Lanes; k++) begin : gen_lane
      acc_lstm_lane #(
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
          .GateFile(GateFile),
          .ActWidth(ActWidth),
          .ActFraction(ActFraction),
          .ActScaleLog2(ActScaleLog2),
          .ActRelu(ActRelu),
          .ActFile(ActFile)
      ) u_lane (
          .clk_i,
          .en_i(stages[3*T:0] & {(3 * T + 1) {en}}),
          .sum_i_i(sums[4*k*AccWidth+:AccWidth]),
          .sum_f_i(sums[(4*k+1)*AccWidth+:AccWidth]),
          .sum_c_i(sums[(4*k+2)*AccWidth+:AccWidth]),
          .sum_o_i(sums[(4*k+3)*AccWidth+:AccWidth]),
          .cell_i(cells_old[k*HWidth+:HWidth]),
          .cell_o(cells_new[k*HWidth+:HWidth]),
          .cell_new_i(cells_late[k*HWidth+:HWidth]),
          .h_o(h_new[k*HWidth+:HWidth])
      );
    end
  endgenerate

  logic unused;
  assign unused = &{1'b0, stages, bases, h_old, cells, cells_next};

endmodule
