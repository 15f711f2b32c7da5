// Elementwise function read from a table, on every lane of a stream.
//
//   index = clamp(trunc(x * 2^ScaleLog2) + Offset, 0, TableSize - 1),  out = requant(table[index])
//
// where trunc goes toward zero (acc_lut_read): the rule by which hls4ml's sigmoid, tanh, softplus and softsign address
// their tables.
// Latency: 4 cycles (index, table, entry, output), II 1; the whole layer waits while its output is not taken.
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

  if (Lanes < 1) begin : gen_bad
    initial $fatal(1, "acc_lut: Lanes must be positive");
  end

  logic [3:0] valid_q;
  wire en = !out_valid_o || out_ready_i;

  assign in_ready_o  = en;
  assign out_valid_o = valid_q[3];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (en) valid_q <= {valid_q[2:0], in_valid_i};
  end

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    wire [EntryWidth-1:0] entry;
    logic [OutWidth-1:0] out_q;
    wire [OutWidth-1:0] out_d;

    acc_lut_read #(
      .InWidth(InWidth), .InFraction(InFraction), .InSigned(InSigned), .TableSize(TableSize),
      .ScaleLog2(ScaleLog2), .Offset(Offset), .EntryWidth(EntryWidth), .MemFile(MemFile)
    ) u_read (
      .clk_i,
      .en_i ({valid_q[1:0], in_valid_i} & {3{en}}),
      .in_i (in_data_i[lane*InWidth+:InWidth]),
      .out_o(entry)
    );

    acc_requant #(
      .InWidth(EntryWidth), .InFraction(EntryFraction), .InSigned(EntrySigned),
      .OutWidth(OutWidth), .OutFraction(OutFraction), .OutSigned(OutSigned),
      .Rounding(OutRounding), .Overflow(OutOverflow)
    ) u_out (
      .in_i (entry),
      .out_o(out_d)
    );

    always_ff @(posedge clk_i) if (en && valid_q[2]) out_q <= out_d;

    assign out_data_o[lane*OutWidth+:OutWidth] = out_q;
  end

endmodule
