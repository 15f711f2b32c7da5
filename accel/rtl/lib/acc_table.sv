// A read of an activation table, addressed as hls4ml's sigmoid and tanh do, or relu in its place; acc_lut is a layer of such reads.
//
//   out = entries[clamp(trunc(x * 2^ScaleLog2) + TableSize/2, 0, TableSize-1)]      trunc: toward zero
//   out = requant(max(x, 0))      with Relu; it wraps
//
// Latency: Cycles enabled cycles: addressing and read stand before one register, because they are on the loop of recurrent layers; with
// two a register is behind them, which a block RAM needs for a fast clock. en_i[c] lets the register of cycle c take its number.
// Data: x is signed; entry k is line k of MemFile. TableSize is a power of two.

module acc_table #(
    parameter int InWidth    = 16,    // bits of x
    parameter int InFraction = 10,    // its fractional bits
    parameter int TableSize  = 1024,  // entries
    parameter int ScaleLog2  = 6,     // log2 of the entries per unit of x
    parameter int EntryWidth = 12,    // bits of an entry, and of what Relu makes
    parameter bit Relu       = 0,     // no table
    parameter int Cycles     = 2,     // 1 or 2
    parameter int ReluFraction = 10,  // fractional bits of what Relu makes
    parameter int ReluRounding = 0,   // its rounding, code of acc_pkg
    parameter     MemFile    = ""     // $readmemh file, TableSize lines of EntryWidth bits
) (
    input  logic                  clk_i,
    input  logic [    Cycles-1:0] en_i,
    input  logic [   InWidth-1:0] in_i,
    output logic [EntryWidth-1:0] out_o
);

  logic [EntryWidth-1:0] entry_q;
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
      always_ff @(posedge clk_i) if (en_i[0]) entry_q <= positive;
    end else begin : gen_table
      localparam int AddressWidth = $clog2(TableSize);
      localparam int Drop = InFraction - ScaleLog2;  // bits of x below an entry's step
      localparam int Below = Drop > 0 ? Drop : 0;
      localparam int Above = Below - Drop;  // zeros to append
      localparam int Span = InWidth + Above > Below + AddressWidth ? InWidth + Above + 1 : Below + AddressWidth + 1;

      // Clamping what is rounded down, beside the addition that rounds a negative number up, keeps the way to the memory short.
      // Flipping the sign adds TableSize/2.
      logic [Span-1:0] wide;
      logic [Span-Below-1:0] floor;
      logic negative, part, fits;
      logic [AddressWidth-1:0] clamped, address;
      assign wide = Span'($signed(in_i)) <<< Above;
      assign floor = wide[Span-1:Below];
      assign negative = wide[Span-1];
      if (Below > 0) begin : gen_part
        assign part = |wide[Below-1:0];
      end else begin : gen_whole
        assign part = 1'b0;
      end
      assign fits = floor[Span-Below-1:AddressWidth-1] == {(Span - Below - AddressWidth + 1) {negative}};
      assign clamped = fits ? {~floor[AddressWidth-1], floor[AddressWidth-2:0]} : {AddressWidth{~negative}};
      assign address = clamped + AddressWidth'(fits && negative && part);

      (* rom_style = TableSize > 64 ? "block" : "auto" *)
      logic [EntryWidth-1:0] entries[0:TableSize-1];
      initial if (MemFile != "") $readmemh(MemFile, entries);
      always_ff @(posedge clk_i) begin
        if (en_i[0]) entry_q <= entries[address];
      end
    end
  endgenerate

  generate
    if (Cycles == 1) begin : gen_at_once
      assign out_o = entry_q;
    end else begin : gen_behind
      logic [EntryWidth-1:0] out_q;
      always_ff @(posedge clk_i) if (en_i[1]) out_q <= entry_q;
      assign out_o = out_q;
    end
  endgenerate

  if (Cycles < 1 || Cycles > 2) begin : gen_bad_cycles
    initial $fatal(1, "acc_table: Cycles must be 1 or 2");
  end
  if (!Relu && (TableSize < 4 || TableSize != (1 << $clog2(TableSize)))) begin : gen_bad
    initial $fatal(1, "acc_table: TableSize must be a power of two, at least 4");
  end

endmodule
