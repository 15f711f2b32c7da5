// A read of a table at an address computed from a number, a register behind each: what has more time than acc_table.
//
//   out = table[clamp(trunc(x * 2^ScaleLog2) + Offset, 0, TableSize - 1)]
//
// trunc: toward zero, to an integer, and to a multiple of x's LSB where that is more than 1, as ap_fixed divides.
//
// Latency: 3 enabled cycles: en_i[0] lets the address take x, en_i[1] the entry what it addresses, en_i[2] the output the entry, which a
// block RAM gives late. Data: entry k is line k of MemFile.
// Does not: interpolate, or address a table by anything but a power-of-two scale.

module acc_lut_read #(
    parameter int InWidth    = 16,    // bits of x
    parameter int InFraction = 10,    // its fractional bits
    parameter bit InSigned   = 1,     // it is two's complement
    parameter int TableSize  = 1024,  // entries
    parameter int ScaleLog2  = 6,     // log2 of the entries per unit of x; may be negative
    parameter int Offset     = 512,   // address of x = 0
    parameter int EntryWidth = 18,    // bits of an entry
    parameter     MemFile    = ""     // $readmemh file, TableSize lines of EntryWidth bits
) (
    input  logic                  clk_i,
    input  logic [           2:0] en_i,
    input  logic [   InWidth-1:0] in_i,
    output logic [EntryWidth-1:0] out_o
);

  localparam int AddressWidth = (TableSize > 1) ? $clog2(TableSize) : 1;
  // A saturated step of this width still leads beyond either end of the table, wherever in it Offset lies.
  localparam int StepWidth = AddressWidth + 2;
  localparam int Coarse = (InFraction < 0 && ScaleLog2 < 0) ? -InFraction : 0;  // bits that are lost
  localparam int SumWidth = StepWidth + Coarse + 1;

  wire [StepWidth-1:0] step;  // signed: 2^Coarse entries away from x = 0
  acc_requant #(
      .InWidth(InWidth),
      .InFraction(InFraction - ScaleLog2),
      .InSigned(InSigned),
      .OutWidth(StepWidth),
      .OutFraction(-Coarse),
      .OutSigned(1),
      .Rounding(acc_pkg::RoundTrnZero),
      .Overflow(acc_pkg::OverflowSat)
  ) u_step (
      .in_i,
      .out_o(step)
  );

  wire [SumWidth-1:0] sum = ({{Coarse + 1{step[StepWidth-1]}}, step} << Coarse) + SumWidth'(Offset);
  wire below = sum[SumWidth-1];
  wire beyond = !below && sum > SumWidth'(TableSize - 1);

  (* rom_style = TableSize > 64 ? "block" : "auto" *)
  logic [EntryWidth-1:0] memory[0:TableSize-1];
  initial if (MemFile != "") $readmemh(MemFile, memory);

  logic [AddressWidth-1:0] index_q;
  logic [EntryWidth-1:0] entry_q, out_q;
  always_ff @(posedge clk_i) begin
    if (en_i[0]) index_q <= below ? '0 : beyond ? AddressWidth'(TableSize - 1) : sum[AddressWidth-1:0];
    if (en_i[1]) entry_q <= memory[index_q];
    if (en_i[2]) out_q <= entry_q;
  end
  assign out_o = out_q;

  if (TableSize < 1 || Offset < 0 || Offset > TableSize) begin : gen_bad
    initial $fatal(1, "acc_lut_read: TableSize must be positive and Offset from 0 to TableSize");
  end
  // Beyond this, the 32-bit index of the C simulation wraps, with what Offset adds to it.
  if (InWidth - InFraction - (InSigned ? 1 : 0) + ScaleLog2 > (Offset > 0 ? 30 : 31)) begin : gen_bad_range
    initial $fatal(1, "acc_lut_read: x * 2^ScaleLog2 + Offset must fit 32 bits");
  end

endmodule
