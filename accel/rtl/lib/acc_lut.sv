// Elementwise function read from a table, on every lane of a stream.
//
//   index = clamp(trunc(x * 2^ScaleLog2) + Offset, 0, TableSize - 1),  out = requant(table[index])
//
// where trunc goes toward zero: the rule by which hls4ml's sigmoid, tanh, softplus and softsign address their tables.
// Latency: 3 cycles (index, table, output), II 1; the whole layer waits while its output is not taken.
// Data: a beat is Lanes elements, lane 0 in the low bits. Each lane has its own copy of the table, read synchronously.
// Does not: interpolate, or address a table by anything but a power-of-two scale.

module acc_lut #(
  parameter int Lanes         = 1,     // elements of a beat
  parameter int InWidth       = 16,    // bits of an input element
  parameter int InFraction    = 10,    // its fractional bits
  parameter bit InSigned      = 1,     // it is two's complement
  parameter int TableSize     = 1024,  // entries
  parameter int ScaleLog2     = 6,     // log2 of the entries per unit of x; may be negative
  parameter int Offset        = 512,   // address of x = 0
  parameter int EntryWidth    = 18,    // bits of an entry
  parameter int EntryFraction = 10,    // its fractional bits
  parameter bit EntrySigned   = 1,     // it is two's complement
  parameter int OutWidth      = 16,    // the type of an output element
  parameter int OutFraction   = 10,
  parameter bit OutSigned     = 1,
  parameter int OutRounding   = acc_pkg::RoundTrn,      // acc_pkg::Round*
  parameter int OutOverflow   = acc_pkg::OverflowWrap,  // acc_pkg::Overflow*
  parameter     MemFile       = ""     // $readmemh file, TableSize lines of EntryWidth bits
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      in_valid_i,
  output logic                      in_ready_o,
  input  logic [Lanes*InWidth-1:0]  in_data_i,
  output logic                      out_valid_o,
  input  logic                      out_ready_i,
  output logic [Lanes*OutWidth-1:0] out_data_o
);

  localparam int AddressWidth = (TableSize > 1) ? $clog2(TableSize) : 1;
  // A saturated step of this width still leads beyond either end of the table, wherever in it Offset lies.
  localparam int StepWidth = AddressWidth + 2;

  if (Lanes < 1 || TableSize < 1 || Offset < 0 || Offset > TableSize) begin : gen_bad
    initial $fatal(1, "acc_lut: Lanes and TableSize must be positive and Offset from 0 to TableSize");
  end
  // Beyond this, the 32-bit index of the C simulation wraps.
  if (InWidth - InFraction - (InSigned ? 1 : 0) + ScaleLog2 > 31) begin : gen_bad_range
    initial $fatal(1, "acc_lut: x * 2^ScaleLog2 must fit 32 bits");
  end

  logic [2:0] valid_q;
  wire en = !out_valid_o || out_ready_i;

  assign in_ready_o  = en;
  assign out_valid_o = valid_q[2];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (en) valid_q <= {valid_q[1:0], in_valid_i};
  end

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    wire [StepWidth-1:0] step;  // signed entries away from x = 0
    acc_requant #(
      .InWidth(InWidth), .InFraction(InFraction - ScaleLog2), .InSigned(InSigned),
      .OutWidth(StepWidth), .OutFraction(0), .OutSigned(1),
      .Rounding(acc_pkg::RoundTrnZero), .Overflow(acc_pkg::OverflowSat)
    ) u_step (
      .in_i (in_data_i[lane*InWidth+:InWidth]),
      .out_o(step)
    );

    wire [StepWidth:0] sum = {step[StepWidth-1], step} + (StepWidth + 1)'(Offset);
    wire below = sum[StepWidth];
    wire beyond = !below && sum > (StepWidth + 1)'(TableSize - 1);
    wire [AddressWidth-1:0] index_d = below ? '0 : beyond ? AddressWidth'(TableSize - 1) : sum[AddressWidth-1:0];

    (* rom_style = TableSize > 64 ? "block" : "auto" *)
    logic [EntryWidth-1:0] memory [0:TableSize-1];
    initial if (MemFile != "") $readmemh(MemFile, memory);

    logic [AddressWidth-1:0] index_q;
    logic [EntryWidth-1:0]   entry_q;
    logic [OutWidth-1:0]     out_q;
    wire  [OutWidth-1:0]     out_d;

    acc_requant #(
      .InWidth(EntryWidth), .InFraction(EntryFraction), .InSigned(EntrySigned),
      .OutWidth(OutWidth), .OutFraction(OutFraction), .OutSigned(OutSigned),
      .Rounding(OutRounding), .Overflow(OutOverflow)
    ) u_out (
      .in_i (entry_q),
      .out_o(out_d)
    );

    always_ff @(posedge clk_i) begin
      if (en && in_valid_i) index_q <= index_d;
      if (en && valid_q[0]) entry_q <= memory[index_q];
      if (en && valid_q[1]) out_q <= out_d;
    end

    assign out_data_o[lane*OutWidth+:OutWidth] = out_q;
  end

endmodule
