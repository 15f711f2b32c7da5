// Elementwise function of a table and a product: hls4ml's ELU and SELU, and SiLU.
//
//   entry = table[clamp(trunc(x * 2^ScaleLog2) + Offset, 0, TableSize - 1)]      trunc: toward zero
//   Times ? requant(x * entry) : x >= 0 ? requant(x * Factor) : requant(entry)
//
// Latency: 5 cycles (index, table, entry, product, cast), II 1; stops while its output beat waits. A table and a multiplier per lane.
// Data: lane i in in_data_i[i*InWidth +: InWidth]. Does not: interpolate.

module acc_curve #(
    parameter int Lanes         = 1,     // elements of a beat
    parameter int InWidth       = 16,    // bits of an input element
    parameter int InFraction    = 10,    // its fractional bits
    parameter bit InSigned      = 1,     // whether it is signed
    parameter bit Times         = 0,     // the entry is multiplied by x
    parameter int TableSize     = 1024,  // entries
    parameter int ScaleLog2     = 6,     // log2 of the entries per unit of x; may be negative
    parameter int Offset        = 512,   // address of x = 0
    parameter int EntryWidth    = 18,    // bits of an entry, signed
    parameter int EntryFraction = 10,    // its fractional bits
    parameter int FactorWidth   = 2,     // bits of Factor, signed
    parameter int FactorFraction = 0,    // its fractional bits
    parameter logic [FactorWidth-1:0] Factor = 1,  // multiplies x >= 0
    parameter int OutWidth      = 16,    // bits of an output element
    parameter int OutFraction   = 10,    // its fractional bits
    parameter bit OutSigned     = 1,     // whether it is signed
    parameter int OutRounding   = 0,     // its rounding, code of acc_pkg
    parameter int OutOverflow   = 0,     // its overflow, code of acc_pkg
    parameter     MemFile       = ""     // $readmemh file, TableSize lines of EntryWidth bits
) (
    input  logic                      clk_i,
    input  logic                      rst_ni,
    input  logic                      in_valid_i,
    output logic                      in_ready_o,
    input  logic [ Lanes*InWidth-1:0] in_data_i,
    output logic                      out_valid_o,
    input  logic                      out_ready_i,
    output logic [Lanes*OutWidth-1:0] out_data_o
);

  localparam int Latency = 5;
  localparam int OtherWidth = Times ? EntryWidth : FactorWidth;
  localparam int OtherFraction = Times ? EntryFraction : FactorFraction;
  localparam int ProductWidth = InWidth + (InSigned ? 0 : 1) + OtherWidth;

  logic en, run;  // run: something is inside
  logic [Latency-1:0] valid_q;
  assign en = !valid_q[Latency-1] || out_ready_i;
  assign run = en && (in_valid_i || valid_q != '0);
  assign in_ready_o = en;
  assign out_valid_o = valid_q[Latency-1];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (en) valid_q <= {valid_q[Latency-2:0], in_valid_i};
  end

  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_lane
      logic [InWidth-1:0] x3;
      logic [EntryWidth-1:0] entry3;
      logic [OtherWidth-1:0] other;
      logic [ProductWidth-1:0] product4;
      logic [OutWidth-1:0] product, result, result_q;

      acc_lut_read #(
          .InWidth(InWidth),
          .InFraction(InFraction),
          .InSigned(InSigned),
          .TableSize(TableSize),
          .ScaleLog2(ScaleLog2),
          .Offset(Offset),
          .EntryWidth(EntryWidth),
          .MemFile(MemFile)
      ) u_read (
          .clk_i,
          .en_i ({valid_q[1:0], in_valid_i} & {3{en}}),
          .in_i (in_data_i[i*InWidth+:InWidth]),
          .out_o(entry3)
      );
      acc_delay #(
          .Width (InWidth),
          .Cycles(3)
      ) u_x (
          .clk_i,
          .en_i (run),
          .in_i (in_data_i[i*InWidth+:InWidth]),
          .out_o(x3)
      );

      assign other = Times ? OtherWidth'(entry3) : OtherWidth'(Factor);
      acc_multiply #(
          .AWidth(InWidth),
          .ASigned(InSigned),
          .BWidth(OtherWidth),
          .BSigned(1),
          .ProductFraction(InFraction + OtherFraction),
          .OutWidth(ProductWidth),
          .OutFraction(InFraction + OtherFraction)
      ) u_multiply (
          .clk_i,
          .en_i (en && valid_q[2]),
          .a_i  (x3),
          .b_i  (other),
          .out_o(product4)
      );
      acc_requant #(
          .InWidth(ProductWidth),
          .InFraction(InFraction + OtherFraction),
          .InSigned(1),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(OutSigned),
          .Rounding(OutRounding),
          .Overflow(OutOverflow)
      ) u_product (
          .in_i (product4),
          .out_o(product)
      );

      if (Times) begin : gen_times
        assign result = product;
      end else begin : gen_bent
        logic [OutWidth-1:0] bent, bent4_q;
        logic negative4_q;
        acc_requant #(
            .InWidth(EntryWidth),
            .InFraction(EntryFraction),
            .InSigned(1),
            .OutWidth(OutWidth),
            .OutFraction(OutFraction),
            .OutSigned(OutSigned),
            .Rounding(OutRounding),
            .Overflow(OutOverflow)
        ) u_bent (
            .in_i (entry3),
            .out_o(bent)
        );
        always_ff @(posedge clk_i) begin
          if (en && valid_q[2]) begin
            bent4_q     <= bent;
            negative4_q <= InSigned && x3[InWidth-1];
          end
        end
        assign result = negative4_q ? bent4_q : product;
      end

      always_ff @(posedge clk_i) if (en && valid_q[3]) result_q <= result;
      assign out_data_o[i*OutWidth+:OutWidth] = result_q;
    end
  endgenerate

  if (Lanes < 1) begin : gen_bad
    initial $fatal(1, "acc_curve: Lanes must be positive");
  end

endmodule
