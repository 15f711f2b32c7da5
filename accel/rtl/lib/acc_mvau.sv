// Matrix-vector-accumulate unit: one dense product per position, time-multiplexed by the reuse factor.
//
//   out[o] = cast(relu(cast(bias[o] + sum_k cast(x[k] * w[k, o]))))      k = 0 .. Beats*Lanes-1
//
// With Blocks (and one beat a position), channels and outputs are in as many blocks, and an output reads those elements alone that are of
// its block: element k of block b is x[((k / Together) * Blocks + b) * Together + k % Together].
//
// A position is Beats input beats of Lanes elements; each beat is held for Reuse cycles and taken in the last of them. With
// Inputs = Lanes/Blocks, Fold = gcd(Reuse, Inputs) and Groups = Reuse/Fold, which divides Outputs, a cycle takes Simd = Inputs/Fold inputs
// for Outputs/Groups outputs: Multipliers = Inputs*Outputs/Reuse. Each product is cast to the accumulator first (rounding
// AccRounding, wrapping), as hls4ml's dense kernels do; sums wrap.
// A position gives one output beat of all Outputs, or with Parts = Groups one of each group's as soon as they are final: every
// Reuse/Parts cycles of its last input beat.
//
// Sums are cast to the type Pre, that of the values before an activation, then, with Relu not below zero, to the type Out.
//
// Latency from the last cycle of a position (of a group) to its output beat: 1 + 1 + ceil(log3(Simd)) + 1 + 1 enabled cycles for operand
// registers, product, adder tree, accumulator, casts. With one word of weights there are no operand registers, and the bias is one more
// term of the tree instead of an accumulator's start. Casts that are wiring have no register of their own, but where the groups of an
// output beat are collected. The whole unit stops while its output beat waits.
// Data layout: input k in in_data_i[k*InWidth +: InWidth], output part*Outputs/Parts + o in out_data_o[o*OutWidth +: OutWidth] of the
// position's output beat number part. Weights word t (t = beat*Reuse + cycle) holds the multiplier (s, p), input s of Simd and output p of
// Parallel, at [(s*Parallel+p)*WeightWidth +: WeightWidth].
// With one word (Reuse = Beats = 1) the weights are constants: ConstWeights; else WeightFile is read into a ROM by $readmemh. One of
// more than 64 words is read a word ahead, so that a register stands between a block RAM and the multipliers at no cycle.

module acc_mvau #(
    parameter int Lanes = 4,  // elements of an input beat
    parameter int Outputs = 2,  // outputs of a position
    parameter int Parts = 1,  // its output beats: 1, or Groups
    parameter int Beats = 1,  // input beats of a position
    parameter int Blocks = 1,  // blocks of channels and outputs
    parameter int Together = 1,  // channels of a block
    parameter int Reuse = 2,  // cycles per input beat
    parameter int InWidth = 8,  // bits of an input element
    parameter bit InSigned = 1,  // whether it is signed
    parameter int WeightWidth = 8,  // bits of a weight
    parameter bit WeightSigned = 1,  // whether it is signed
    parameter int Apart = 0,  // of the weights of two outputs in one multiplier (acc_products); 0: each has its own
    parameter int Overlap = 1,  // of their products (acc_products)
    parameter int ProductFraction = 8,  // fractional bits of input plus weight
    parameter int AccWidth = 18,  // bits of the accumulator
    parameter int AccFraction = 8,  // fractional bits of the accumulator
    parameter int AccRounding = 0,  // rounding of a product into it, code of acc_pkg
    parameter int PreWidth = 8,  // bits of a sum before the activation
    parameter int PreFraction = 4,  // its fractional bits
    parameter bit PreSigned = 1,  // whether it is signed
    parameter int PreRounding = 0,  // its rounding, code of acc_pkg
    parameter int PreOverflow = 0,  // its overflow, code of acc_pkg
    parameter bit Relu = 0,  // whether negative ones become zero
    parameter int OutWidth = 8,  // bits of an output element
    parameter int OutFraction = 4,  // its fractional bits
    parameter bit OutSigned = 1,  // whether it is signed
    parameter int OutRounding = 0,  // its rounding, code of acc_pkg
    parameter int OutOverflow = 0,  // its overflow, code of acc_pkg
    parameter logic [Outputs*AccWidth-1:0] Bias = '0,  // biases in the accumulator's type, output 0 low
    parameter logic [Lanes/Blocks*Outputs*WeightWidth-1:0] ConstWeights = '0,  // the only word of weights
    parameter WeightFile = ""  // ROM contents, one word a line
) (
    input  logic                              clk_i,
    input  logic                              rst_ni,
    input  logic                              in_valid_i,
    output logic                              in_ready_o,
    input  logic [         Lanes*InWidth-1:0] in_data_i,
    output logic                              out_valid_o,
    input  logic                              out_ready_i,
    output logic [Outputs/Parts*OutWidth-1:0] out_data_o
);

  localparam int Inputs = Lanes / Blocks;  // of a beat, for one output
  localparam int Fold = acc_pkg::gcd(Reuse, Inputs);  // cycles that one group of outputs takes of a beat
  localparam int Groups = Reuse / Fold;
  localparam int Simd = Inputs / Fold;
  localparam int Parallel = Outputs / Groups;
  localparam int Own = Blocks > 1 ? Parallel : 1;  // outputs computed at a time that have inputs of their own
  localparam int Slices = Blocks > 1 ? Reuse : Fold;
  localparam int Words = Beats * Reuse;
  localparam int WordBits = Simd * Parallel * WeightWidth;
  localparam bit Constant = Words == 1;
  localparam int TreeLevels = acc_pkg::tree_levels(Simd + (Constant ? 1 : 0));
  localparam int TreeEnables = TreeLevels > 0 ? TreeLevels : 1;
  localparam int Product = Constant ? 0 : 1;  // the stage of the multipliers
  localparam int Stages = Product + 1 + TreeLevels;  // up to the tree's output
  localparam int FoldWidth = $clog2(Fold + 1);
  localparam int GroupWidth = $clog2(Groups + 1);
  localparam int BeatWidth = $clog2(Beats + 1);

  logic en;
  assign en = !out_valid_o || out_ready_i;

  // Whether sums are the output: no groups are collected, casts are wiring, and a ReLU is a gate that leaves no sign.
  localparam bit Gate = Relu && PreSigned;
  localparam bit Direct = Groups == Parts
      && acc_pkg::wiring(AccWidth, AccFraction, 1, PreWidth, PreFraction, PreSigned, PreRounding, PreOverflow)
      && acc_pkg::wiring(PreWidth - (Gate ? 1 : 0), PreFraction, PreSigned && !Gate, OutWidth, OutFraction, OutSigned,
                         OutRounding, OutOverflow);

  // The stages that have something to do: bit 0 with the input, the last behind the tree. The others hold their registers.
  logic [Stages-1:0] valid_q;
  logic [Stages:0] work;
  assign work = {valid_q, in_valid_i} & {(Stages + 1) {en}};

  // Where this cycle stands: input slice, group of outputs, beat.
  logic [FoldWidth-1:0] fold_q;
  logic [GroupWidth-1:0] group_q;
  logic [BeatWidth-1:0] beat_q;
  logic last_fold, last_group, last_beat, go;
  assign go = work[0];
  assign last_fold = fold_q == FoldWidth'(Fold - 1);
  assign last_group = group_q == GroupWidth'(Groups - 1);
  assign last_beat = beat_q == BeatWidth'(Beats - 1);
  assign in_ready_o = en && last_fold && last_group;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fold_q  <= '0;
      group_q <= '0;
      beat_q  <= '0;
    end else if (go) begin
      fold_q <= last_fold ? '0 : fold_q + 1'b1;
      if (last_fold) group_q <= last_group ? '0 : group_q + 1'b1;
      if (last_fold && last_group) beat_q <= last_beat ? '0 : beat_q + 1'b1;
    end
  end

  // The beat in slices: the inputs of one cycle side by side, those of an output beside those of the next where they differ.
  localparam int SliceBits = Simd * Own * InWidth;
  logic [Slices*SliceBits-1:0] slices;
  generate
    if (Blocks == 1) begin : gen_shared
      assign slices = in_data_i;
    end else begin : gen_own
      for (genvar i = 0; i < Slices * Simd * Own; i++) begin : gen_element
        localparam int Number = (i / Own) % (Fold * Simd);  // among the inputs of the output
        localparam int Block = (i / (Own * Simd) / Fold * Parallel + i % Own) * Blocks / Outputs;
        localparam int From = (Number / Together * Blocks + Block) * Together + Number % Together;
        assign slices[i*InWidth+:InWidth] = in_data_i[From*InWidth+:InWidth];
      end
    end
  endgenerate

  // Operands: constants straight from the beat, or a registered slice and ROM word.
  logic [SliceBits-1:0] slice;
  logic [WordBits-1:0] word;
  generate
    if (Constant) begin : gen_constant
      assign slice = slices;
      assign word  = ConstWeights;
    end else begin : gen_rom
      localparam int AddressWidth = $clog2(Words);
      (* rom_style = Words > 64 ? "block" : "auto" *)
      logic [WordBits-1:0] rom[0:Words-1];
      logic [WordBits-1:0] word_q;
      localparam int IndexWidth = $clog2(Slices + 1);
      logic [SliceBits-1:0] slice_d, slice_q;
      logic [AddressWidth-1:0] address_q, address_d;
      logic [IndexWidth-1:0] index;
      if (Blocks == 1) begin : gen_fold
        assign index = fold_q;
      end else begin : gen_address
        assign index = IndexWidth'(address_q);
      end
      acc_select #(
          .Width(SliceBits),
          .Count(Slices)
      ) u_slice (
          .index_i(index),
          .words_i(slices),
          .word_o (slice_d)
      );
      initial if (WeightFile != "") $readmemh(WeightFile, rom);
      always_comb begin
        address_d = address_q;
        if (!rst_ni) address_d = '0;
        else if (go) address_d = (address_q == AddressWidth'(Words - 1)) ? '0 : address_q + 1'b1;
      end
      always_ff @(posedge clk_i) begin
        address_q <= address_d;
        if (go) slice_q <= slice_d;
      end
      if (Words > 64) begin : gen_ahead
        logic [WordBits-1:0] ahead_q;
        always_ff @(posedge clk_i) begin
          if (go || !rst_ni) ahead_q <= rom[address_d];
          if (go) word_q <= ahead_q;
        end
      end else begin : gen_direct
        always_ff @(posedge clk_i) if (go) word_q <= rom[address_q];
      end
      assign word  = word_q;
      assign slice = slice_q;
    end
  endgenerate

  // Control travels beside the data: first and last addition to a group's sum, the position's first beat, and which group it is.
  logic [Stages-1:0] first_q, last_q, fresh_q;
  logic [Stages*GroupWidth-1:0] which_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (en) valid_q <= Stages'({valid_q, in_valid_i});
    if (en) begin
      first_q <= Stages'({first_q, fold_q == '0 && (Groups > 1 || beat_q == '0)});
      fresh_q <= Stages'({fresh_q, beat_q == '0});
      last_q <= Stages'({last_q, last_fold && last_beat});
      which_q <= (Stages * GroupWidth)'({which_q, group_q});
    end
  end

  // A group's sums are there, and whose.
  logic done;
  logic [GroupWidth-1:0] done_group;
  generate
    if (Constant) begin : gen_done_with_tree
      assign done = valid_q[Stages-1];
      assign done_group = '0;
    end else begin : gen_done_with_last
      logic done_q;
      logic [GroupWidth-1:0] done_group_q;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) done_q <= 1'b0;
        else if (en) done_q <= valid_q[Stages-1] && last_q[Stages-1];
        if (en) done_group_q <= which_q[(Stages-1)*GroupWidth+:GroupWidth];
      end
      assign done = done_q;
      assign done_group = done_group_q;
    end
  endgenerate

  logic unused;
  assign unused = &{1'b0, first_q, fresh_q, last_q, which_q, work, done_group};

  // Biases of one column's outputs, group by group.
  function automatic [Groups*AccWidth-1:0] biases(input int column);
    for (int g = 0; g < Groups; g++) begin
      biases[g*AccWidth+:AccWidth] = Bias[(g*Parallel+column)*AccWidth+:AccWidth];
    end
  endfunction

  // The products, one or two columns side by side.
  localparam int Shared = Apart > 0 ? 2 : 1;  // outputs that share multipliers
  generate
    for (genvar g = 0; g * Shared < Parallel; g++) begin : gen_products
      localparam int First = g * Shared;
      localparam int Count = First + Shared > Parallel ? 1 : Shared;
      logic [Simd*Count*AccWidth-1:0] terms;
      acc_products #(
          .Simd(Simd),
          .Parallel(Parallel),
          .Own(Own),
          .First(First),
          .Count(Count),
          .Apart(Apart),
          .Overlap(Overlap),
          .InWidth(InWidth),
          .InSigned(InSigned),
          .WeightWidth(WeightWidth),
          .WeightSigned(WeightSigned),
          .ProductFraction(ProductFraction),
          .OutWidth(AccWidth),
          .OutFraction(AccFraction),
          .Rounding(AccRounding)
      ) u_products (
          .clk_i,
          .en_i(work[Product]),
          .x_i(slice),
          .word_i(word),
          .terms_o(terms)
      );
    end
  endgenerate

  // One column per output computed at a time: adder tree, accumulator, casts.
  localparam int ResultBits = (Parallel > 0 ? Parallel : 1) * OutWidth;
  logic [ResultBits-1:0] results;
  generate
    for (genvar p = 0; p < Parallel; p++) begin : gen_output
      localparam logic [Groups*AccWidth-1:0] ColumnBias = biases(p);
      logic [AccWidth-1:0] total, sum;
      acc_adder_tree #(
          .Terms(Simd),
          .Width(AccWidth),
          .Biased(Constant),
          .Bias(ColumnBias[AccWidth-1:0])
      ) u_tree (
          .clk_i,
          .en_i(work[Product+1+:TreeEnables]),
          .terms_i(gen_products[p/Shared].terms[p%Shared*Simd*AccWidth+:Simd*AccWidth]),
          .sum_o(total)
      );

      if (Constant) begin : gen_tree
        assign sum = total;
      end else begin : gen_accumulator
        // A group's sum begins with its bias or, where it has beats before, with what they gave: chosen a cycle ahead.
        logic [AccWidth-1:0] start, sum_q, new_sum;
        if (Groups == 1) begin : gen_one_group
          assign start = ColumnBias;
        end else begin : gen_groups
          logic [AccWidth-1:0] bias, start_d, start_q;
          logic [GroupWidth-1:0] coming;
          assign coming = which_q[(Stages-2)*GroupWidth+:GroupWidth];
          acc_select #(
              .Width(AccWidth),
              .Count(Groups)
          ) u_bias (
              .index_i(coming),
              .words_i(ColumnBias),
              .word_o (bias)
          );
          if (Beats == 1) begin : gen_bias
            assign start_d = bias;
          end else begin : gen_sums
            logic [Groups*AccWidth-1:0] sums_q;
            logic [AccWidth-1:0] earlier;
            logic [GroupWidth-1:0] which;
            assign which = which_q[(Stages-1)*GroupWidth+:GroupWidth];
            acc_select #(
                .Width(AccWidth),
                .Count(Groups)
            ) u_earlier (
                .index_i(coming),
                .words_i(sums_q),
                .word_o (earlier)
            );
            assign start_d = fresh_q[Stages-2] ? bias : earlier;
            for (genvar g = 0; g < Groups; g++) begin : gen_sum
              always_ff @(posedge clk_i) begin
                if (work[Stages] && which == GroupWidth'(g)) sums_q[g*AccWidth+:AccWidth] <= new_sum;
              end
            end
          end
          always_ff @(posedge clk_i) if (work[Stages-1]) start_q <= start_d;
          assign start = start_q;
        end
        assign new_sum = (first_q[Stages-1] ? start : sum_q) + total;
        always_ff @(posedge clk_i) if (work[Stages]) sum_q <= new_sum;
        assign sum = sum_q;
      end

      // Casts that are more than wiring rest until a sum is final.
      logic [AccWidth-1:0] resting;
      logic [PreWidth-1:0] pre;
      assign resting = (Constant || Direct || done) ? sum : '0;
      acc_requant #(
          .InWidth(AccWidth),
          .InFraction(AccFraction),
          .InSigned(1),
          .OutWidth(PreWidth),
          .OutFraction(PreFraction),
          .OutSigned(PreSigned),
          .Rounding(PreRounding),
          .Overflow(PreOverflow)
      ) u_requant (
          .in_i (resting),
          .out_o(pre)
      );
      acc_rectify #(
          .Relu(Relu),
          .InWidth(PreWidth),
          .InFraction(PreFraction),
          .InSigned(PreSigned),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(OutSigned),
          .Rounding(OutRounding),
          .Overflow(OutOverflow)
      ) u_rectify (
          .in_i (pre),
          .out_o(results[p*OutWidth+:OutWidth])
      );
    end
  endgenerate

  // The output beat: one vector for the simulators' sake.
  generate
    if (Direct) begin : gen_direct
      assign out_valid_o = done;
      assign out_data_o = results;
    end else begin : gen_register
      logic out_valid_q, complete;
      logic [Outputs/Parts*OutWidth-1:0] out_q;
      assign complete = done && (Parts > 1 || done_group == GroupWidth'(Groups - 1));
      always_ff @(posedge clk_i) begin
        if (!rst_ni) out_valid_q <= 1'b0;
        else if (en) out_valid_q <= complete;
        if (en && done) begin
          for (int g = 0; g < Groups / Parts; g++) begin
            if (Parts > 1 || done_group == GroupWidth'(g)) out_q[g*ResultBits+:ResultBits] <= results;
          end
        end
      end
      assign out_valid_o = out_valid_q;
      assign out_data_o = out_q;
    end
  endgenerate

  if (Outputs % Groups != 0) begin : gen_bad
    initial $fatal(1, "acc_mvau: Reuse must divide the inputs times Outputs");
  end
  if (Lanes % (Blocks * Together) != 0 || Outputs % Blocks != 0 || (Blocks > 1 && Beats > 1)) begin : gen_bad_blocks
    initial $fatal(1, "acc_mvau: Blocks must divide Outputs, blocks of channels the lanes, and come with one beat");
  end
  if (Parts != 1 && Parts != Groups) begin : gen_bad_parts
    initial $fatal(1, "acc_mvau: Parts must be 1 or Groups");
  end

endmodule
