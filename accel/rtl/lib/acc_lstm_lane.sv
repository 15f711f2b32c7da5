// The gates and the update of one LSTM unit after another (hls4ml's lstm_static):
//
//   i, f, o = gate(sum_i), gate(sum_f), gate(sum_o); c = activation(sum_c)
//   cell' = requantise(c * i + cell * f), h' = requantise(o * activation(cell')), both of h's type
//
// A pipeline of 3*TableCycles + 1 stages, one more where h's type rounds or saturates, one unit per enabled cycle. With T = TableCycles,
// the operands of one unit come at different stages:
//   stage 0 sum_*_i; stage T cell_i; stage T+1 cell_o, not registered: it must come back as cell_new_i in stage 2T;
//   last stage h_o, not registered.
// With T = 1, where cycles count most, the cell that addresses the activation's table has no register.
// en_i[s] lets the register behind stage s take its unit; without one it holds. All values are signed; tables as in acc_table.

module acc_lstm_lane #(
    parameter int AccWidth = 18,  // bits of the accumulator
    parameter int AccFraction = 8,  // its fractional bits
    parameter int AccRounding = 0,  // rounding of relu of the cell into it, code of acc_pkg
    parameter int HWidth = 16,  // bits of h and of the cell
    parameter int HFraction = 10,  // their fractional bits
    parameter int HRounding = 0,  // their rounding, code of acc_pkg
    parameter int HOverflow = 0,  // their overflow, code of acc_pkg
    parameter int TableSize = 1024,  // entries of each table
    parameter int TableCycles = 2,  // cycles of a read of one, 1 or 2
    parameter int GateWidth = 12,  // bits of i, f and o
    parameter int GateFraction = 10,  // their fractional bits
    parameter int GateScaleLog2 = 6,  // log2 of the gate table's entries per unit of its input
    parameter bit GateRelu = 0,  // relu instead of the gate table
    parameter GateFile = "",  // gate table
    parameter int ActWidth = 12,  // bits of c and of the bent cell
    parameter int ActFraction = 10,  // their fractional bits
    parameter int ActScaleLog2 = 7,  // log2 of the activation table's entries per unit of its input
    parameter bit ActRelu = 0,  // relu instead of the activation table
    parameter ActFile = ""  // activation table
) (
    input  logic                clk_i,
    input  logic [3*TableCycles:0] en_i,
    input  logic [AccWidth-1:0] sum_i_i,
    input  logic [AccWidth-1:0] sum_f_i,
    input  logic [AccWidth-1:0] sum_c_i,
    input  logic [AccWidth-1:0] sum_o_i,
    input  logic [  HWidth-1:0] cell_i,
    output logic [  HWidth-1:0] cell_o,
    input  logic [  HWidth-1:0] cell_new_i,
    output logic [  HWidth-1:0] h_o
);

  localparam bit Plain = HRounding == acc_pkg::RoundTrn && HOverflow == acc_pkg::OverflowWrap;

  localparam int T = TableCycles;

  logic [3*AccWidth-1:0] gate_sums;
  logic [3*GateWidth-1:0] gates;
  logic [GateWidth-1:0] o_late;
  logic [ActWidth-1:0] c, bent;
  assign gate_sums = {sum_o_i, sum_f_i, sum_i_i};

  generate
    for (genvar g = 0; g < 3; g++) begin : gen_gate
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
      ) u_table (
          .clk_i,
          .en_i(en_i[T-1:0]),
          .in_i (gate_sums[g*AccWidth+:AccWidth]),
          .out_o(gates[g*GateWidth+:GateWidth])
      );
    end
  endgenerate

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
  ) u_candidate (
      .clk_i,
      .en_i(en_i[T-1:0]),
      .in_i (sum_c_i),
      .out_o(c)
  );

  acc_blend #(
      .AWidth(ActWidth),
      .AGateWidth(GateWidth),
      .AFraction(ActFraction + GateFraction),
      .BWidth(HWidth),
      .BGateWidth(GateWidth),
      .BFraction(HFraction + GateFraction),
      .OutWidth(HWidth),
      .OutFraction(HFraction),
      .OutRounding(HRounding),
      .OutOverflow(HOverflow)
  ) u_cell (
      .clk_i,
      .en_i(en_i[T]),
      .a_i(c),
      .gate_a_i(gates[0+:GateWidth]),
      .b_i(cell_i),
      .gate_b_i(gates[GateWidth+:GateWidth]),
      .out_o(cell_o)
  );

  acc_table #(
      .InWidth(HWidth),
      .InFraction(HFraction),
      .TableSize(TableSize),
      .ScaleLog2(ActScaleLog2),
      .EntryWidth(ActWidth),
      .Relu(ActRelu),
      .Cycles(T),
      .ReluFraction(ActFraction),
      .ReluRounding(AccRounding),
      .MemFile(ActFile)
  ) u_bent (
      .clk_i,
      .en_i(en_i[3*T-1:2*T]),
      .in_i (cell_new_i),
      .out_o(bent)
  );

  acc_delay #(
      .Width (GateWidth),
      .Cycles(2 * T)
  ) u_o_delay (
      .clk_i,
      .en_i(|en_i[3*T-1:T]),
      .in_i (gates[2*GateWidth+:GateWidth]),
      .out_o(o_late)
  );

  // A cast that only drops bits stands in the multiplier's stage, any other has its own.
  logic signed [GateWidth+ActWidth-1:0] wide;
  logic [GateWidth+ActWidth-1:0] product;
  assign wide = $signed(o_late) * $signed(bent);
  acc_delay #(
      .Width (GateWidth + ActWidth),
      .Cycles(Plain ? 0 : 1)
  ) u_product (
      .clk_i,
      .en_i(en_i[3*T]),
      .in_i (wide),
      .out_o(product)
  );

  acc_requant #(
      .InWidth(GateWidth + ActWidth),
      .InFraction(GateFraction + ActFraction),
      .InSigned(1),
      .OutWidth(HWidth),
      .OutFraction(HFraction),
      .OutSigned(1),
      .Rounding(HRounding),
      .Overflow(HOverflow)
  ) u_cast (
      .in_i (product),
      .out_o(h_o)
  );

endmodule
