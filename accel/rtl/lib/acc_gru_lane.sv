// The gates and the update of one GRU unit after another (hls4ml's gru_static, reset_after):
//
//   z = gate(sum_z), r = gate(sum_r), n = activation(cast(r * sum_h) + wx_h), h' = requantise(n * (1 - z) + h * z)
//
// A pipeline of 3*TableCycles + 2 stages, one unit per enabled cycle. With T = TableCycles, the operands of one unit come at different
// stages:
//   stage 0 sum_z_i, sum_r_i; stage T sum_h_i; stage T+1 wx_h_i; stage 3T h_i; h_o comes in stage 3T+1, not registered.
// With T = 1, where cycles count most, the sum that addresses the activation's table has no register.
// en_i[s] lets the register behind stage s take its unit; without one it holds. All values are signed; tables as in acc_table.

module acc_gru_lane #(
    parameter int AccWidth = 18,  // bits of the accumulator
    parameter int AccFraction = 8,  // its fractional bits
    parameter int AccRounding = 0,  // rounding of r * sum_h into it, code of acc_pkg
    parameter int HWidth = 16,  // bits of h
    parameter int HFraction = 10,  // its fractional bits
    parameter int HRounding = 0,  // its rounding, code of acc_pkg
    parameter int HOverflow = 0,  // its overflow, code of acc_pkg
    parameter int TableSize = 1024,  // entries of each table
    parameter int TableCycles = 2,  // cycles of a read of one, 1 or 2
    parameter int GateWidth = 12,  // bits of z and r
    parameter int GateFraction = 10,  // their fractional bits
    parameter int GateScaleLog2 = 6,  // log2 of the gate table's entries per unit of its input
    parameter bit GateRelu = 0,  // relu instead of the gate table
    parameter bit GateNegative = 1,  // whether z may be negative
    parameter bit Cut = 0,  // r * sum_h in two parts, as in acc_multiply, for an AccWidth of more than 17
    parameter GateFile = "",  // gate table
    parameter int ActWidth = 12,  // bits of n
    parameter int ActFraction = 10,  // its fractional bits
    parameter int ActScaleLog2 = 7,  // log2 of the activation table's entries per unit of its input
    parameter bit ActRelu = 0,  // relu instead of the activation table
    parameter ActFile = ""  // activation table
) (
    input  logic                clk_i,
    input  logic [3*TableCycles:0] en_i,
    input  logic [AccWidth-1:0] sum_z_i,
    input  logic [AccWidth-1:0] sum_r_i,
    input  logic [AccWidth-1:0] sum_h_i,
    input  logic [AccWidth-1:0] wx_h_i,
    input  logic [  HWidth-1:0] h_i,
    output logic [  HWidth-1:0] h_o
);

  localparam int KeepWidth = ((GateWidth > GateFraction + 2) ? GateWidth : GateFraction + 2) + int'(GateNegative);  // holds 1 - z

  localparam int T = TableCycles;

  logic [GateWidth-1:0] z, r, z_late, z_q;
  logic [AccWidth-1:0] gated, sum;
  logic [ActWidth-1:0] n;
  logic signed [KeepWidth-1:0] z_wide, keep_q;

  acc_table #(
      .InWidth(AccWidth),
      .InFraction(AccFraction),
      .TableSize(TableSize),
      .ScaleLog2(GateScaleLog2),
      .EntryWidth(GateWidth),
      .Relu(GateRelu),
      .Cycles(T),
      .ReluFraction(GateFraction),
      .ReluRounding(AccRounding),
      .MemFile(GateFile)
  ) u_z (
      .clk_i,
      .en_i(en_i[T-1:0]),
      .in_i (sum_z_i),
      .out_o(z)
  );

  acc_table #(
      .InWidth(AccWidth),
      .InFraction(AccFraction),
      .TableSize(TableSize),
      .ScaleLog2(GateScaleLog2),
      .EntryWidth(GateWidth),
      .Relu(GateRelu),
      .Cycles(T),
      .ReluFraction(GateFraction),
      .ReluRounding(AccRounding),
      .MemFile(GateFile)
  ) u_r (
      .clk_i,
      .en_i(en_i[T-1:0]),
      .in_i (sum_r_i),
      .out_o(r)
  );

  acc_multiply #(
      .AWidth(GateWidth),
      .ASigned(1),
      .BWidth(AccWidth),
      .BSigned(1),
      .ProductFraction(GateFraction + AccFraction),
      .OutWidth(AccWidth),
      .OutFraction(AccFraction),
      .Rounding(AccRounding),
      .Cut(Cut)
  ) u_reset (
      .clk_i,
      .en_i(en_i[T]),
      .a_i  (r),
      .b_i  (sum_h_i),
      .out_o(gated)
  );

  acc_delay #(
      .Width (AccWidth),
      .Cycles(T - 1)
  ) u_sum (
      .clk_i,
      .en_i(en_i[T+1]),
      .in_i (gated + wx_h_i),
      .out_o(sum)
  );

  acc_table #(
      .InWidth(AccWidth),
      .InFraction(AccFraction),
      .TableSize(TableSize),
      .ScaleLog2(ActScaleLog2),
      .EntryWidth(ActWidth),
      .Relu(ActRelu),
      .Cycles(T),
      .ReluFraction(ActFraction),
      .ReluRounding(AccRounding),
      .MemFile(ActFile)
  ) u_new (
      .clk_i,
      .en_i(en_i[3*T-1:2*T]),
      .in_i (sum),
      .out_o(n)
  );

  acc_delay #(
      .Width (GateWidth),
      .Cycles(2 * T - 1)
  ) u_z_delay (
      .clk_i,
      .en_i(|en_i[3*T-2:T]),
      .in_i (z),
      .out_o(z_late)
  );

  assign z_wide = KeepWidth'($signed(z_late));
  always_ff @(posedge clk_i) begin
    if (en_i[3*T-1]) begin
      z_q    <= z_late;
      keep_q <= (KeepWidth'(1) <<< GateFraction) - z_wide;
    end
  end

  acc_blend #(
      .AWidth(ActWidth),
      .AGateWidth(KeepWidth),
      .AFraction(ActFraction + GateFraction),
      .BWidth(HWidth),
      .BGateWidth(GateWidth),
      .BFraction(HFraction + GateFraction),
      .OutWidth(HWidth),
      .OutFraction(HFraction),
      .OutRounding(HRounding),
      .OutOverflow(HOverflow)
  ) u_blend (
      .clk_i,
      .en_i(en_i[3*T]),
      .a_i(n),
      .gate_a_i(keep_q),
      .b_i(h_i),
      .gate_b_i(z_q),
      .out_o(h_o)
  );

endmodule
