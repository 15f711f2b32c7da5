// GRU layer behind its input product: hls4ml's gru_static (reset_after), bit for bit.
//
//   z = gate(wx_z + U_z h), r = gate(wx_r + U_r h), n = activation(wx_h + cast(r * (U_h h + Bias)))
//   h = requantise(n * (1 - z) + h * z)
//
// h starts at 0 in each frame of Steps beats. One input beat per step: wx = W x + b in the accumulator's type, where b holds
// the recurrent bias, too, for z and r (for the h gate that is Bias, inside the product with r).
// Cycles per step = latency from an input beat to its output beat = Drain + Units/Lanes + 5; Drain (acc_recurrent_sums) =
// 1 + ceil(log3(Units+1)) for Reuse = 1 and Lanes = Units, else Reuse + ceil(log3(ceil(Simd/2))) + 1, Simd = Units/gcd(Reuse, Units).
// Steps follow without a bubble; a waiting output beat stops the layer only when the next one is there.
// Multipliers: 3*Units*Units/Reuse + 3*Lanes. Tables: 3*Lanes.
// Data layout: in_data_i lane gate*Units + unit, gates z r h; out_data_o lane unit. It does not compute W x.

module acc_gru #(
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
    parameter int HWidth = 16,  // bits of h, signed
    parameter int HFraction = 10,  // its fractional bits
    parameter int HRounding = 0,  // its rounding, code of acc_pkg
    parameter int HOverflow = 0,  // its overflow, code of acc_pkg
    parameter int TableSize = 1024,  // entries of each table, a power of two
    parameter int GateWidth = 12,  // bits of z and r, signed
    parameter int GateFraction = 10,  // their fractional bits
    parameter int GateScaleLog2 = 6,  // log2 of the gate table's entries per unit of its input
    parameter bit GateRelu = 0,  // relu instead of the gate table
    parameter GateFile = "",  // gate table for $readmemh
    parameter int ActWidth = 12,  // bits of n, signed
    parameter int ActFraction = 10,  // its fractional bits
    parameter int ActScaleLog2 = 7,  // log2 of the activation table's entries per unit of its input
    parameter bit ActRelu = 0,  // relu instead of the activation table
    parameter ActFile = "",  // activation table for $readmemh
    parameter logic [Units*AccWidth-1:0] Bias = '0,  // recurrent bias of the h gate in the accumulator's type
    parameter logic [3*Units*Units*WeightWidth-1:0] ConstWeights = '0,  // U for Reuse = 1, as in acc_recurrent_sums
    parameter WeightFile = ""  // U for other Reuse, one word a line
) (
    input  logic                        clk_i,
    input  logic                        rst_ni,
    input  logic                        in_valid_i,
    output logic                        in_ready_o,
    input  logic [3*Units*AccWidth-1:0] in_data_i,
    output logic                        out_valid_o,
    input  logic                        out_ready_i,
    output logic [    Units*HWidth-1:0] out_data_o
);

  localparam int Stages = 6;
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

  // h turns while U*h takes its slices, then moves down a group at a time: read at stage 4, written back from stage 5.
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
      .shift_i(stages[4] || stages[5]),
      .clear_i(clear),
      .in_i(h_new),
      .units_o(h),
      .next_o(h_next)
  );

  logic [3*Units*AccWidth-1:0] sums;
  acc_recurrent_sums #(
      .Gates(3),
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
      .shift_i({stages[1], stages[0], stages[0]}),
      .h_i(h[Simd*HWidth-1:0]),
      .base_i({Bias, in_data_i[2*Units*AccWidth-1:0]}),
      .sums_o(sums)
  );

  // The h gate's part of the input beat waits for stage 2.
  logic [Units*AccWidth-1:0] wx_h_q;
  always_ff @(posedge clk_i) begin
    if (en) begin
      if (first) wx_h_q <= in_data_i[2*Units*AccWidth+:Units*AccWidth];
      else if (stages[2]) wx_h_q <= wx_h_q >> (Lanes * AccWidth);
    end
  end

  generate
    for (genvar k = 0; k < Lanes; k++) begin : gen_lane
      acc_gru_lane #(
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
          .sum_z_i(sums[k*AccWidth+:AccWidth]),
          .sum_r_i(sums[(Units+k)*AccWidth+:AccWidth]),
          .sum_h_i(sums[(2*Units+k)*AccWidth+:AccWidth]),
          .wx_h_i(wx_h_q[k*AccWidth+:AccWidth]),
          .h_i(h[k*HWidth+:HWidth]),
          .h_o(h_new[k*HWidth+:HWidth])
      );
    end
  endgenerate

  logic [Units*HWidth-1:0] out_q;
  always_ff @(posedge clk_i) if (en && emit) out_q <= h_next;
  assign out_data_o = out_q;

  logic unused;
  assign unused = &{1'b0, stages, sums, h};

endmodule
