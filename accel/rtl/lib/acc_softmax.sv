// Softmax over the lanes of each beat, in hls4ml's 'stable' form, or in its 'latency' form, where d[i] is x[i].
//
//   d[i] = cast_difference(max_j x[j] - x[i]);  e[i] = cast_accum(exp_table[top bits of d[i]])
//   s = cast_sum(sum_i e[i]);  out[i] = requantise(e[i] * inverse_table[top bits of s])
//
// Fully parallel: a table and a multiplier per lane. Latency: (Stable ? ceil(log2(Lanes)) + 1 : 0) + ceil(log3(Lanes)) + 6 cycles: a
// register stands behind each table. One more where InvWords > 1: a deep table of inverses has words of so many entries, of which one is
// chosen behind that register. One beat per cycle; stops while its output beat waits. The accumulator must be able to hold the sum: it is
// not limited on the way.
// Data layout: lane i in in_data_i[i*InWidth +: InWidth]. Tables: one entry a line, InvWords a line of the inverse's, the first one low.

module acc_softmax #(
    parameter int Lanes        = 4,   // classes
    parameter bit Stable       = 1,   // exponentials of the difference to the largest element
    parameter int InWidth      = 8,   // bits of an input element
    parameter int InFraction   = 4,   // its fractional bits
    parameter bit InSigned     = 1,   // whether it is signed
    parameter int DiffWidth    = 7,   // bits of the difference; without Stable this type is the input's
    parameter int DiffFraction = 4,   // its fractional bits
    parameter bit DiffSigned   = 0,   // whether it is signed
    parameter int DiffRounding = 0,   // its rounding, code of acc_pkg
    parameter int DiffOverflow = 1,   // its overflow, code of acc_pkg
    parameter int ExpEntries   = 16,  // entries of the exponential's table, a power of two
    parameter int ExpWidth     = 8,   // bits of an entry
    parameter int ExpFraction  = 6,   // its fractional bits
    parameter bit ExpSigned    = 1,   // whether it is signed
    parameter int AccWidth     = 12,  // bits of the accumulator, which is signed
    parameter int AccFraction  = 6,   // its fractional bits
    parameter int AccRounding  = 0,   // its rounding, code of acc_pkg
    parameter int SumWidth     = 10,  // bits of the sum
    parameter int SumFraction  = 6,   // its fractional bits
    parameter bit SumSigned    = 1,   // whether it is signed
    parameter int SumRounding  = 0,   // its rounding, code of acc_pkg
    parameter int SumOverflow  = 1,   // its overflow, code of acc_pkg
    parameter int InvEntries   = 16,  // entries of the inverse's table, a power of two
    parameter int InvWords     = 1,   // of them in a word, a power of two
    parameter int InvWidth     = 8,   // bits of an entry
    parameter int InvFraction  = 6,   // its fractional bits
    parameter bit InvSigned    = 1,   // whether it is signed
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

  localparam int MaxLevels = $clog2(Lanes);
  localparam int SumLevels = acc_pkg::tree_levels(Lanes);
  localparam int SumEnables = SumLevels > 0 ? SumLevels : 1;
  localparam int InvCycles = InvWords > 1 ? 3 : 2;  // of a read of an inverse
  localparam int Latency = (Stable ? MaxLevels + 1 : 0) + SumLevels + 4 + InvCycles;
  localparam int ExpBits = $clog2(ExpEntries);
  localparam int InvBits = $clog2(InvEntries);
  localparam int ChoiceBits = $clog2(InvWords);
  localparam int InvSpan = InvWidth + (InvSigned ? 0 : 1);
  localparam int ProductWidth = AccWidth + InvSpan;

  logic en, run;  // run: something is inside
  logic [Latency-1:0] valid_q;
  assign en = !valid_q[Latency-1] || out_ready_i;
  assign run = en && (in_valid_i || valid_q != '0);
  assign in_ready_o = en;
  assign out_valid_o = valid_q[Latency-1];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (en) valid_q <= Latency'({valid_q, in_valid_i});
  end

  // Differences to the maximum, for which the inputs wait.
  logic [Lanes*DiffWidth-1:0] diffs;
  generate
    if (Stable) begin : gen_stable
      logic [InWidth-1:0] max;
      logic [Lanes*InWidth-1:0] waited;
      acc_max_tree #(
          .Terms (Lanes),
          .Width (InWidth),
          .Signed(InSigned)
      ) u_max (
          .clk_i,
          .en_i(run),
          .terms_i(in_data_i),
          .max_o(max)
      );
      acc_delay #(
          .Width (Lanes * InWidth),
          .Cycles(MaxLevels)
      ) u_wait_max (
          .clk_i,
          .en_i(run),
          .in_i(in_data_i),
          .out_o(waited)
      );
      for (genvar i = 0; i < Lanes; i++) begin : gen_difference
        logic [InWidth-1:0] x;
        logic [InWidth:0] diff_q;
        assign x = waited[i*InWidth+:InWidth];
        always_ff @(posedge clk_i) begin
          if (run) diff_q <= {InSigned && max[InWidth-1], max} - {InSigned && x[InWidth-1], x};
        end
        acc_requant #(
            .InWidth(InWidth + 1),
            .InFraction(InFraction),
            .InSigned(0),
            .OutWidth(DiffWidth),
            .OutFraction(DiffFraction),
            .OutSigned(DiffSigned),
            .Rounding(DiffRounding),
            .Overflow(DiffOverflow)
        ) u_difference (
            .in_i (diff_q),
            .out_o(diffs[i*DiffWidth+:DiffWidth])
        );
      end
    end else begin : gen_latency
      assign diffs = in_data_i;
    end
  endgenerate

  // Exponentials of the differences.
  logic [Lanes*AccWidth-1:0] exps_q, exps_late;
  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_exp
      logic [DiffWidth-1:0] diff;
      (* rom_style = ExpEntries > 64 ? "block" : "auto" *)
      logic [ExpWidth-1:0] rom[0:ExpEntries-1];
      logic [ExpWidth-1:0] exp_q;
      initial if (ExpFile != "") $readmemh(ExpFile, rom);
      logic [AccWidth-1:0] exp;
      logic [ExpBits-1:0] address;
      assign diff = diffs[i*DiffWidth+:DiffWidth];
      assign address = diff[DiffWidth-1-:ExpBits];
      logic unused;
      assign unused = &{1'b0, diff};
      always_ff @(posedge clk_i) begin
        if (run) begin
          exp_q <= rom[address];
          exps_q[i*AccWidth+:AccWidth] <= exp;
        end
      end
      acc_requant #(
          .InWidth(ExpWidth),
          .InFraction(ExpFraction),
          .InSigned(ExpSigned),
          .OutWidth(AccWidth),
          .OutFraction(AccFraction),
          .OutSigned(1),
          .Rounding(AccRounding),
          .Overflow(0)
      ) u_accum (
          .in_i (exp_q),
          .out_o(exp)
      );
    end
  endgenerate

  // Inverse of their sum; they wait for it.
  logic [AccWidth-1:0] total;
  logic [SumWidth-1:0] sum;
  (* rom_style = InvEntries > 64 ? "block" : "auto" *)
  logic [InvWords*InvWidth-1:0] rom[0:InvEntries/InvWords-1];
  logic [InvWords*InvWidth-1:0] read_q, word_q;
  logic [InvBits-1:0] address;
  logic [InvWidth-1:0] entry;
  logic signed [InvSpan-1:0] inverse;
  initial if (InvFile != "") $readmemh(InvFile, rom);
  acc_adder_tree #(
      .Terms(Lanes),
      .Width(AccWidth)
  ) u_sum (
      .clk_i,
      .en_i({SumEnables{run}}),
      .terms_i(exps_q),
      .sum_o(total)
  );
  acc_requant #(
      .InWidth(AccWidth),
      .InFraction(AccFraction),
      .InSigned(1),
      .OutWidth(SumWidth),
      .OutFraction(SumFraction),
      .OutSigned(SumSigned),
      .Rounding(SumRounding),
      .Overflow(SumOverflow)
  ) u_cast_sum (
      .in_i (total),
      .out_o(sum)
  );
  logic unused;
  assign unused = &{1'b0, sum};
  assign address = sum[SumWidth-1-:InvBits];
  always_ff @(posedge clk_i) begin
    if (run) begin
      read_q <= rom[address[InvBits-1:ChoiceBits]];
      word_q <= read_q;
    end
  end
  generate
    if (InvWords > 1) begin : gen_choice
      logic [ChoiceBits-1:0] choice;
      logic [InvWidth-1:0] chosen, entry_q;
      acc_delay #(
          .Width (ChoiceBits),
          .Cycles(2)
      ) u_choice (
          .clk_i,
          .en_i(run),
          .in_i(address[ChoiceBits-1:0]),
          .out_o(choice)
      );
      acc_select #(
          .Width(InvWidth),
          .Count(InvWords)
      ) u_select (
          .index_i({1'b0, choice}),
          .words_i(word_q),
          .word_o(chosen)
      );
      always_ff @(posedge clk_i) if (run) entry_q <= chosen;
      assign entry = entry_q;
    end else begin : gen_only
      assign entry = word_q;
    end
    if (InvSigned) begin : gen_inv_signed
      assign inverse = entry;
    end else begin : gen_inv_unsigned
      assign inverse = {1'b0, entry};
    end
  endgenerate
  acc_delay #(
      .Width (Lanes * AccWidth),
      .Cycles(SumLevels + InvCycles)
  ) u_wait_sum (
      .clk_i,
      .en_i(run),
      .in_i(exps_q),
      .out_o(exps_late)
  );

  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_out
      logic signed [AccWidth-1:0] exp;
      logic signed [ProductWidth-1:0] product_q;
      logic [OutWidth-1:0] result, result_q;
      assign exp = exps_late[i*AccWidth+:AccWidth];
      acc_requant #(
          .InWidth(ProductWidth),
          .InFraction(AccFraction + InvFraction),
          .InSigned(1),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(OutSigned),
          .Rounding(OutRounding),
          .Overflow(OutOverflow)
      ) u_requant (
          .in_i (product_q),
          .out_o(result)
      );
      always_ff @(posedge clk_i) begin
        if (run) begin
          product_q <= exp * inverse;
          result_q  <= result;
        end
      end
      assign out_data_o[i*OutWidth+:OutWidth] = result_q;
    end
  endgenerate

  if ((1 << ExpBits) != ExpEntries || (1 << InvBits) != InvEntries || ExpBits > DiffWidth || InvBits > SumWidth) begin : gen_bad
    initial $fatal(1, "acc_softmax: table sizes must be powers of two that their index types can address");
  end
  if (InvWords < 1 || InvWords >= InvEntries || (1 << $clog2(InvWords)) != InvWords) begin : gen_bad_words
    initial $fatal(1, "acc_softmax: InvWords must be a power of two below InvEntries");
  end
  if (!Stable && DiffWidth != InWidth) begin : gen_bad_type
    initial $fatal(1, "acc_softmax: without Stable the difference must have the input's width");
  end

endmodule
