// Softmax over the lanes of each beat, in hls4ml's 'legacy' form, one lane after another.
//
//   s[i] = 1 + sum of exp_table[index of x[j] - x[i]] over all j but i, which wraps;  out[i] = requantise(inverse_table[index of s[i]])
//
// with the indices of acc_lut_read: 16 units of a difference are ExpEntries, 64 of a sum InvEntries. A table per lane and one for the
// inverses, no multiplier.
// Latency: ceil(log3(Lanes)) + 8 cycles from the last of the Lanes cycles that each beat is held for, II Lanes; stops while its output
// beat waits. Data layout: lane i in in_data_i[i*InWidth +: InWidth]. Tables: one entry a line, two's complement hexadecimal.

module acc_softmax_legacy #(
    parameter int Lanes        = 4,   // classes
    parameter int InWidth      = 8,   // bits of an input element
    parameter int InFraction   = 4,   // its fractional bits
    parameter bit InSigned     = 1,   // whether it is signed
    parameter int ExpEntries   = 16,  // entries of the exponential's table, a power of two
    parameter int InvEntries   = 16,  // entries of the inverse's table, a power of two
    parameter int SumWidth     = 18,  // bits of a sum and of an entry of either table
    parameter int SumFraction  = 10,  // their fractional bits
    parameter bit SumSigned    = 1,   // whether they are signed
    parameter logic [SumWidth-1:0] One = 18'h400,  // a sum's 1
    parameter int OutWidth     = 8,   // bits of an output element
    parameter int OutFraction  = 6,   // its fractional bits
    parameter bit OutSigned    = 1,   // whether it is signed
    parameter int OutRounding  = 0,   // its rounding, code of acc_pkg
    parameter int OutOverflow  = 0,   // its overflow, code of acc_pkg
    parameter     ExpFile      = "",  // exponential's table for $readmemh
    parameter     InvFile      = ""   // inverse's table for $readmemh
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

  localparam int SumLevels = acc_pkg::tree_levels(Lanes);
  localparam int SumEnables = SumLevels > 0 ? SumLevels : 1;
  localparam int Latency = SumLevels + 8;
  localparam int CountWidth = $clog2(Lanes + 1);

  // lane_q: the one that is computed. busy_q: what the stages hold; last_q: which of it is a beat's last lane.
  logic en, run, last;
  logic [CountWidth-1:0] lane_q;
  logic [Latency-1:0] busy_q, last_q;
  assign en = !last_q[Latency-1] || out_ready_i;
  assign run = en && (in_valid_i || busy_q != '0);
  assign last = lane_q == CountWidth'(Lanes - 1);
  assign in_ready_o = en && last;
  assign out_valid_o = last_q[Latency-1];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      lane_q <= '0;
      busy_q <= '0;
      last_q <= '0;
    end else if (en) begin
      if (in_valid_i) lane_q <= last ? '0 : lane_q + 1'b1;
      busy_q <= Latency'({busy_q, in_valid_i});
      last_q <= Latency'({last_q, in_valid_i && last});
    end
  end

  // Exponentials of the differences to the lane's own element; its own is One.
  logic [InWidth-1:0] own;
  logic [Lanes*SumWidth-1:0] terms;
  acc_select #(
      .Width(InWidth),
      .Count(Lanes)
  ) u_own (
      .index_i(lane_q),
      .words_i(in_data_i),
      .word_o (own)
  );
  generate
    for (genvar j = 0; j < Lanes; j++) begin : gen_exp
      logic [InWidth-1:0] x;
      logic [InWidth:0] apart_q;
      logic [SumWidth-1:0] entry;
      logic [3:0] own_q;
      assign x = in_data_i[j*InWidth+:InWidth];
      acc_lut_read #(
          .InWidth(InWidth + 1),
          .InFraction(InFraction),
          .InSigned(1),
          .TableSize(ExpEntries),
          .ScaleLog2($clog2(ExpEntries) - 4),
          .Offset(ExpEntries / 2),
          .EntryWidth(SumWidth),
          .MemFile(ExpFile)
      ) u_exp (
          .clk_i,
          .en_i ({3{run}}),
          .in_i (apart_q),
          .out_o(entry)
      );
      always_ff @(posedge clk_i) begin
        if (run) begin
          apart_q <= {InSigned && x[InWidth-1], x} - {InSigned && own[InWidth-1], own};
          own_q   <= {own_q[2:0], lane_q == CountWidth'(j)};
        end
      end
      assign terms[j*SumWidth+:SumWidth] = own_q[3] ? One : entry;
    end
  endgenerate

  logic [SumWidth-1:0] total, inverse;
  logic [OutWidth-1:0] result;
  logic [Lanes*OutWidth-1:0] results_q;
  acc_adder_tree #(
      .Terms(Lanes),
      .Width(SumWidth)
  ) u_sum (
      .clk_i,
      .en_i({SumEnables{run}}),
      .terms_i(terms),
      .sum_o(total)
  );
  acc_lut_read #(
      .InWidth(SumWidth),
      .InFraction(SumFraction),
      .InSigned(SumSigned),
      .TableSize(InvEntries),
      .ScaleLog2($clog2(InvEntries) - 6),
      .Offset(0),
      .EntryWidth(SumWidth),
      .MemFile(InvFile)
  ) u_inverse (
      .clk_i,
      .en_i ({3{run}}),
      .in_i (total),
      .out_o(inverse)
  );
  acc_requant #(
      .InWidth(SumWidth),
      .InFraction(SumFraction),
      .InSigned(SumSigned),
      .OutWidth(OutWidth),
      .OutFraction(OutFraction),
      .OutSigned(OutSigned),
      .Rounding(OutRounding),
      .Overflow(OutOverflow)
  ) u_requant (
      .in_i (inverse),
      .out_o(result)
  );
  // The lanes come in from the top, so that the first one is lowest when the last one is there.
  always_ff @(posedge clk_i) begin
    if (en && busy_q[Latency-2]) results_q <= (Lanes * OutWidth)'({result, results_q} >> OutWidth);
  end
  assign out_data_o = results_q;

  if (Lanes < 1 || (1 << $clog2(ExpEntries)) != ExpEntries || (1 << $clog2(InvEntries)) != InvEntries) begin : gen_bad
    initial $fatal(1, "acc_softmax_legacy: Lanes must be positive, table sizes powers of two");
  end

endmodule
