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
// Sums are cast to the type Pre, that of the values before an activation, then, with Relu not below zero, to the type Out. Where no sum
// can wrap, a cast that rounds to nearest is half a unit of Pre's last place in Bias and one that truncates: no adder for it.
//
// Latency from the last cycle of a position (of a group) to its output beat: 1 + 1 + ceil(log3(Simd)) + 1 + 1 enabled cycles for operand
// registers, product, adder tree, accumulator, casts, and one more where there are more than 48 multipliers: they lie too far apart for
// one operand register. With one word of weights there are no operand registers, and the bias is one more term of the tree instead of an
// accumulator's start. Casts that are wiring have no register of their own, but where the groups of an output beat are collected. With
// Early there are two trees, of half the inputs each and the bias in one, whose sums are added where the result is cast:
// 1 + ceil(log3(ceil(Simd/2) + 1)) + 1. The whole unit stops while its output beat waits.
// Data layout: input k in in_data_i[k*InWidth +: InWidth], output part*Outputs/Parts + o in out_data_o[o*OutWidth +: OutWidth] of the
// position's output beat number part. Weights word t (t = beat*Reuse + cycle) holds the multiplier (s, p), input s of Simd and output p of
// Parallel, at [(s*Parallel+p)*WeightWidth +: WeightWidth].
// With one word (Reuse = Beats = 1) the weights are constants: ConstWeights; else they are in a ROM (acc_weights).

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
    parameter bit Early = 0,  // whether sums are cast as their last two terms are added; with one word of weights only
    parameter bit Relu = 0,  // whether negative ones become zero
    parameter int OutWidth = 8,  // bits of an output element
    parameter int OutFraction = 4,  // its fractional bits
    parameter bit OutSigned = 1,  // whether it is signed
    parameter int OutRounding = 0,  // its rounding, code of acc_pkg
    parameter int OutOverflow = 0,  // its overflow, code of acc_pkg
    parameter logic [Outputs*AccWidth-1:0] Bias = '0,  // biases in the accumulator's type, output 0 low
    parameter logic [Lanes/Blocks*Outputs*WeightWidth-1:0] ConstWeights = '0,  // the only word of weights
    parameter bit WeightRam = Beats * Reuse > 64,  // whether the ROM is in block RAMs
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
  localparam int Parallel = Outputs < Groups ? 1 : Outputs / Groups;
  localparam int Words = Beats * Reuse;
  localparam int WordBits = Simd * Parallel * WeightWidth;
  localparam bit Constant = Words == 1;
  localparam int Shared = Apart > 0 ? 2 : 1;  // outputs of a multiplier
  localparam bit Relay = !Constant && Simd * Parallel > 48 * Shared;  // whether operands pass one more register
  localparam int Reach = Shared * (Relay ? 4 : 16);  // outputs that share one register of an input
  localparam int Copies = Constant || Blocks > 1 ? 1 : (Parallel + Reach - 1) / Reach;
  localparam int Sets = Blocks > 1 ? Parallel : Copies;  // of inputs
  localparam int Trees = Early ? 2 : 1;
  localparam int TreeLevels = acc_pkg::tree_levels((Simd + Trees - 1) / Trees + (Constant ? 1 : 0));
  localparam int TreeEnables = TreeLevels > 0 ? TreeLevels : 1;
  localparam int Product = Constant ? 0 : Relay ? 2 : 1;  // the stage of the multipliers
  localparam int Stages = Product + 1 + TreeLevels + Trees - 1;  // up to the sums
  localparam int FoldWidth = $clog2(Fold + 1);
  localparam int GroupWidth = $clog2(Groups + 1);

  // Whether sums are the output: no groups are collected, casts are wiring, and a ReLU is a gate that leaves no sign.
  localparam bit Gate = Relu && PreSigned;
  localparam bit Direct = !Early && Groups == Parts
      && acc_pkg::wiring(AccWidth, AccFraction, 1, PreWidth, PreFraction, PreSigned, PreRounding, PreOverflow)
      && acc_pkg::wiring(PreWidth - (Gate ? 1 : 0), PreFraction, PreSigned && !Gate, OutWidth, OutFraction, OutSigned,
                         OutRounding, OutOverflow);

  // The stages hold their registers where they have nothing to do.
  logic en, first, coming_fresh, done;
  logic [Stages:0] work;
  logic [FoldWidth-1:0] fold;
  logic [GroupWidth-1:0] coming, group, done_group;
  assign en = !out_valid_o || out_ready_i;
  acc_mvau_control #(
      .Fold(Fold),
      .Groups(Groups),
      .Beats(Beats),
      .Stages(Stages),
      .Accumulated(!Constant)
  ) u_control (
      .clk_i,
      .rst_ni,
      .en_i(en),
      .in_valid_i,
      .in_ready_o,
      .fold_o(fold),
      .work_o(work),
      .coming_o(coming),
      .coming_fresh_o(coming_fresh),
      .group_o(group),
      .first_o(first),
      .done_o(done),
      .done_group_o(done_group)
  );

  logic [Sets*Simd*InWidth-1:0] slice;
  logic [WordBits-1:0] word;
  acc_operands #(
      .Lanes(Lanes),
      .Fold(Fold),
      .Outputs(Outputs),
      .Parallel(Parallel),
      .Blocks(Blocks),
      .Together(Together),
      .Copies(Copies),
      .Relay(Relay),
      .Words(Words),
      .InWidth(InWidth),
      .WordWidth(WordBits),
      .ConstWeights(ConstWeights[WordBits-1:0]),
      .WeightRam(WeightRam),
      .WeightFile(WeightFile)
  ) u_operands (
      .clk_i,
      .rst_ni,
      .go_i(work[Relay:0]),
      .fold_i(fold),
      .in_data_i,
      .slice_o(slice),
      .word_o(word)
  );

  logic [Trees*Parallel*AccWidth-1:0] terms;  // of the outputs computed at a time
  acc_dots #(
      .Simd(Simd),
      .Parallel(Parallel),
      .Sets(Sets),
      .Apart(Apart),
      .Overlap(Overlap),
      .InWidth(InWidth),
      .InSigned(InSigned),
      .WeightWidth(WeightWidth),
      .WeightSigned(WeightSigned),
      .ProductFraction(ProductFraction),
      .AccWidth(AccWidth),
      .AccFraction(AccFraction),
      .AccRounding(AccRounding),
      .Added(Simd % Trees != 0),
      .Biased(Constant),
      .Bias(Bias[Parallel*AccWidth-1:0]),
      .Trees(Trees)
  ) u_dots (
      .clk_i,
      .en_i(work[Product+:TreeEnables+1]),
      .x_i(slice),
      .word_i(word),
      .added_i((Parallel * AccWidth)'(0)),
      .sums_o(terms)
  );

  // Biases of one column's outputs, group by group.
  function automatic [Groups*AccWidth-1:0] biases(input int column);
    for (int g = 0; g < Groups; g++) begin
      biases[g*AccWidth+:AccWidth] = AccWidth'(Bias >> (g * Parallel + column) * AccWidth);
    end
  endfunction

  // One column per output computed at a time: accumulator, casts.
  localparam int ResultBits = Parallel * OutWidth;
  logic [ResultBits-1:0] results;
  generate
    for (genvar p = 0; p < Parallel; p++) begin : gen_output
      logic [AccWidth-1:0] sum;
      if (Early) begin : gen_last_sum
        assign sum = terms[2*p*AccWidth+:AccWidth] + terms[(2*p+1)*AccWidth+:AccWidth];
      end else if (Constant) begin : gen_sum
        assign sum = terms[p*AccWidth+:AccWidth];
      end else begin : gen_accumulator
        logic [AccWidth-1:0] start, new_sum, sum_q;
        acc_start #(
            .Width(AccWidth),
            .Groups(Groups),
            .Kept(Beats > 1),
            .Bias(biases(p))
        ) u_start (
            .clk_i,
            .en_i(work[Stages-1+:2]),
            .coming_i(coming),
            .coming_fresh_i(coming_fresh),
            .group_i(group),
            .sum_i(new_sum),
            .start_o(start)
        );
        assign new_sum = (first ? start : sum_q) + terms[p*AccWidth+:AccWidth];
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
    end else if (Early) begin : gen_early
      logic [ResultBits-1:0] out_q;
      always_ff @(posedge clk_i) if (work[Stages-1]) out_q <= results;
      assign out_valid_o = done;
      assign out_data_o  = out_q;
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

  logic unused;
  assign unused = &{1'b0, work, coming, coming_fresh, group, first, done_group};

  if (Outputs % Groups != 0) begin : gen_bad
    initial $fatal(1, "acc_mvau: Reuse must divide the inputs times Outputs");
  end
  if (Lanes % (Blocks * Together) != 0 || Outputs % Blocks != 0 || (Blocks > 1 && Beats > 1)) begin : gen_bad_blocks
    initial $fatal(1, "acc_mvau: Blocks must divide Outputs, blocks of channels the lanes, and come with one beat");
  end
  if (Early && !Constant) begin : gen_bad_early
    initial $fatal(1, "acc_mvau: Early needs one word of weights");
  end
  if (Parts != 1 && Parts != Groups) begin : gen_bad_parts
    initial $fatal(1, "acc_mvau: Parts must be 1 or Groups");
  end

endmodule
