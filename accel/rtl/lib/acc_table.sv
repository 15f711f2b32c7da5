// One registered read of an activation table, addressed as hls4ml's sigmoid and tanh do, or relu in its place; acc_lut is a layer of
// such reads.
//
//   out = entries[clamp(trunc(x * 2^ScaleLog2) + TableSize/2, 0, TableSize-1)]      trunc: toward zero
//   out = requant(max(x, 0))      with Relu; it wraps
//
// Latency: 1 enabled cycle: addressing and read stand before one register, because they are on the loop of recurrent layers.
// Data: x is signed; entry k is line k of MemFile. TableSize is a power of two.

module acc_table #(
    parameter int InWidth    = 16,    // bits of x
    parameter int InFraction = 10,    // its fractional bits
    parameter int TableSize  = 1024,  // entries
    parameter int ScaleLog2  = 6,     // log2 of the entries per unit of x
    parameter int EntryWidth = 12,    // bits of an entry, and of what Relu makes
    parameter bit Relu       = 0,     // no table
    parameter int ReluFraction = 10,  // fractional bits of what Relu makes
    parameter int ReluRounding = 0,   // its rounding, code of acc_pkg
    parameter     MemFile    = ""     // $readmemh file, TableSize lines of EntryWidth bits
) (
    input  logic                  clk_i,
    input  logic                  en_i,
    input  logic [   InWidth-1:0] in_i,
    output logic [EntryWidth-1:0] out_o
);

  logic [EntryWidth-1:0] entry_q;
  assign out_o = entry_q;
  generate
    if (Relu) begin : gen_relu
      logic [EntryWidth-1:0] positive;
      acc_requant #(
          .InWidth(InWidth),
          .InFraction(InFraction),
          .InSigned(1),
          .OutWidth(EntryWidth),
          .OutFraction(ReluFraction),
          .OutSigned(1),
          .Rounding(ReluRounding),
          .Overflow(acc_pkg::OverflowWrap)
      ) u_positive (
          .in_i (in_i[InWidth-1] ? '0 : in_i),
          .out_o(positive)
      );
      always_ff @(posedge clk_i) if (en_i) entry_q <= positive;
    end else begin : gen_table
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
      initial if (MemFile != "") $readmemh(MemFile, entries);
      always_ff @(posedge clk_i) begin
        if (en_i) entry_q <= entries[{~step[AddressWidth-1], step[AddressWidth-2:0]}];
      end
    end
  endgenerate

  if (!Relu && (TableSize < 4 || TableSize != (1 << $clog2(TableSize)))) begin : gen_bad
    initial $fatal(1, "acc_table: TableSize must be a power of two, at least 4");
  end

endmodule
