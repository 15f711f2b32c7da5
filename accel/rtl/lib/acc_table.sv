// One registered read of an activation table, addressed as hls4ml's sigmoid and tanh do; acc_lut is a layer of such reads.
//
//   out = entries[clamp(trunc(x * 2^ScaleLog2) + TableSize/2, 0, TableSize-1)]      trunc: toward zero
//
// Latency: 1 enabled cycle: addressing and read stand before one register, because they are on the loop of recurrent layers.
// Data: x is signed; entry k is line k of MemFile. TableSize is a power of two.

module acc_table #(
    parameter int InWidth    = 16,    // bits of x
    parameter int InFraction = 10,    // its fractional bits
    parameter int TableSize  = 1024,  // entries
    parameter int ScaleLog2  = 6,     // log2 of the entries per unit of x
    parameter int EntryWidth = 12,    // bits of an entry
    parameter     MemFile    = ""     // $readmemh file, TableSize lines of EntryWidth bits
) (
    input  logic                  clk_i,
    input  logic                  en_i,
    input  logic [   InWidth-1:0] in_i,
    output logic [EntryWidth-1:0] out_o
);

  localparam int AddressWidth = $clog2(TableSize);

  // Saturating at the table's ends is the clamp; flipping the sign then adds TableSize/2.
  logic [AddressWidth-1:0] step;
  acc_requant #(
      .InWidth(InWidth),
      .InFraction(InFraction - ScaleLog2),
      .InSigned(1),
      .OutWidth(AddressWidth),
      .OutFraction(0),
      .OutSigned(1),
      .Rounding(acc_pkg::RoundTrnZero),
      .Overflow(acc_pkg::OverflowSat)
  ) u_step (
      .in_i,
      .out_o(step)
  );

  (* rom_style = TableSize > 64 ? "block" : "auto" *)
  logic [EntryWidth-1:0] entries[0:TableSize-1];
  logic [EntryWidth-1:0] entry_q;
  initial if (MemFile != "") $readmemh(MemFile, entries);
  always_ff @(posedge clk_i) begin
    if (en_i) entry_q <= entries[{~step[AddressWidth-1], step[AddressWidth-2:0]}];
  end
  assign out_o = entry_q;

  if (TableSize < 4 || TableSize != (1 << AddressWidth)) begin : gen_bad
    initial $fatal(1, "acc_table: TableSize must be a power of two, at least 4");
  end

endmodule
