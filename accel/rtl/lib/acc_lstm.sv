// LSTM layer behind its input product: hls4ml's lstm_static, bit for bit.
//
//   i, f, o = gate(wx + U h) each, c = activation(wx_c + U_c h)
//   cell = requantise(c * i + cell * f), h = requantise(o * activation(cell)), both of h's type
//
// h and the cell start at 0 in each frame of Steps beats. One input beat per step: wx = W x + b in the accumulator's type; b
// holds the recurrent bias, too.
// Cycles per step = latency from an input beat to its output beat = Drain + Units/Lanes + 4, one more where h's type rounds or
// saturates; Drain (acc_recurrent_sums) = 1 + ceil(log3(Units+1)) for Reuse = 1 and Lanes = Units, else
// Reuse + ceil(log3(ceil(Simd/2))) + 1, Simd = Units/gcd(Reuse, Units).
// Steps follow without a bubble; a waiting output beat stops the layer only when the next one is there.
// Multipliers: 4*Units*Units/Reuse + 3*Lanes. Tables: 5*Lanes.
// Data layout: in_data_i lane gate*Units + unit, gates i f c o; out_data_o lane unit. It does not compute W x.

module acc_lstm #(
    parameter int Steps = 4,  // time steps of a frame
    parameter bit ReturnSequences = 0,  // an output beat per step, else the last h only
    parameter int Units = 4,  // elements of h
    parameter int Lanes = 4,  // units that the gates take per cycle
    parameter int Reuse = 2,  // cycles of U*h
    parameter int WeightWidth = 8,  // bits of an element of U
    parameter bit WeightSigned = 1,  // whether it is signed
    parameter int WeightFraction = 6,  // its fractional bits
    parameter int AccWidth = 18,  // bits of the accumulator, signed
    parameter int AccFraction = 8,  // its fractional bits
    parameter int AccRounding = 0,  // rounding of products into it, code of acc_pkg
    parameter int HWidth = 16,  // bits of h and of the cell, signed
    parameter int HFraction = 10,  // their fractional bits
    parameter int HRounding = 0,  // their rounding, code of acc_pkg
    parameter int HOverflow = 0,  // their overflow, code of acc_pkg
    parameter int TableSize = 1024,  // entries of each table, a power of two
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
    parameter logic [4*Units*Units*WeightWidth-1:0] ConstWeights = '0,  // U for Reuse = 1, as in acc_recurrent_sums
    parameter WeightFile = ""  // U for other Reuse, one word a line
) (
    input  logic                        clk_i,
    input  logic                        rst_ni,
    input  logic                        in_valid_i,
    output logic                        in_ready_o,
    input  logic [4*Units*AccWidth-1:0] in_data_i,
    output logic                        out_valid_o,
    input  logic                        out_ready_i,
    output logic [    Units*HWidth-1:0] out_data_o
);

  localparam bit Plain = HRounding == acc_pkg::RoundTrn && HOverflow == acc_pkg::OverflowWrap;
  localparam int Stages = Plain ? 5 : 6;
  localparam int Simd = Units / acc_pkg::gcd(Reuse, Units);

  logic en, first, issue, emit, clear;
  logic [Stages-1:0] stages;

  acc_recurrent_control #(
      .Steps(Steps),
      .ReturnSequences(ReturnSequences),
      .Units(Units),
      .Lanes(Lanes),
      .Reuse(Reuse),
      .Stages(Stages)
  ) u_control (
      .clk_i,
      .rst_ni,
      .in_valid_i,
      .in_ready_o,
      .out_valid_o,
      .out_ready_i,
      .en_o(en),
      .first_o(first),
      .issue_o(issue),
      .stages_o(stages),
      .emit_o(emit),
      .clear_o(clear)
  );

  // h turns while U*h takes its slices, and takes in the new groups at the last stage.
  logic [Units*HWidth-1:0] h, h_next;
  logic [Lanes*HWidth-1:0] h_new;
  acc_ring #(
      .Units(Units),
      .Width(HWidth),
      .Turn (Simd),
      .Shift(Lanes)
  ) u_h (
      .clk_i,
      .rst_ni,
      .en_i(en),
      .turn_i(issue),
      .shift_i(stages[Stages-1]),
      .clear_i(clear),
      .in_i(h_new),
      .units_o(h),
      .next_o(h_next)
  );

  // The cells move down a group at a time: read at stage 1, written back from stage 2.
  logic [Units*HWidth-1:0] cells, cells_next;
  logic [Lanes*HWidth-1:0] cells_new;
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
      .shift_i(stages[1] || stages[2]),
      .clear_i(clear),
      .in_i(cells_new),
      .units_o(cells),
      .next_o(cells_next)
  );

  logic [4*Units*AccWidth-1:0] sums;
  acc_recurrent_sums #(
      .Gates(4),
      .Units(Units),
      .Lanes(Lanes),
      .Reuse(Reuse),
      .InWidth(HWidth),
      .WeightWidth(WeightWidth),
      .WeightSigned(WeightSigned),
      .ProductFraction(HFraction + WeightFraction),
      .AccWidth(AccWidth),
      .AccFraction(AccFraction),
      .AccRounding(AccRounding),
      .ConstWeights(ConstWeights),
      .WeightFile(WeightFile)
  ) u_sums (
      .clk_i,
      .rst_ni,
      .en_i(en),
      .first_i(first),
      .issue_i(issue),
      .shift_i({4{stages[0]}}),
      .h_i(h[Simd*HWidth-1:0]),
      .base_i(in_data_i),
      .sums_o(sums)
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
          .en_i(stages[4:0] & {5{en}}),
          .sum_i_i(sums[k*AccWidth+:AccWidth]),
          .sum_f_i(sums[(Units+k)*AccWidth+:AccWidth]),
          .sum_c_i(sums[(2*Units+k)*AccWidth+:AccWidth]),
          .sum_o_i(sums[(3*Units+k)*AccWidth+:AccWidth]),
          .cell_i(cells[k*HWidth+:HWidth]),
          .cell_o(cells_new[k*HWidth+:HWidth]),
          .cell_new_i(cells[(Units-Lanes+k)*HWidth+:HWidth]),
          .h_o(h_new[k*HWidth+:HWidth])
      );
    end
  endgenerate

  logic [Units*HWidth-1:0] out_q;
  always_ff @(posedge clk_i) if (en && emit) out_q <= h_next;
  assign out_data_o = out_q;

  logic unused;
  assign unused = &{1'b0, first, stages, sums, h, cells, cells_next};

endmodule
