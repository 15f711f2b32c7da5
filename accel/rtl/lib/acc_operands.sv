// What a matrix-vector unit multiplies in a cycle: a slice of its input beat, and a word of weights.
//
// Fold slices make a beat of Lanes elements: Simd inputs of each of Blocks blocks of channels. With one block they are all outputs' and
// fold_i is the slice's number; else each of the Parallel outputs computed at a time has its own, those of its block, and the weights' word
// tells the slice. The slice is there in Copies registers, as one alone would be far from some of many multipliers.
//
// Latency: 1 cycle from go_i, with Relay 2, each with its bit of go_i. One word of weights is a constant, and the slice is the beat: no cycle.
// Data layout: element k of block b in in_data_i[(((k/Together)*Blocks+b)*Together + k%Together)*InWidth +: InWidth]; input s of set q, that of
// output q or copy q, in slice_o[(q*Simd+s)*InWidth +: InWidth]; word_o as acc_products has it.

module acc_operands #(
    parameter int Lanes = 4,  // elements of a beat
    parameter int Fold = 2,  // slices of an output's
    parameter int Outputs = 2,  // outputs of the unit
    parameter int Parallel = 2,  // those that are computed at a time
    parameter int Blocks = 1,  // blocks of channels and outputs
    parameter int Together = 1,  // channels of a block
    parameter int Copies = 1,  // of the slice
    parameter bit Relay = 0,  // whether both pass one more register, on their way to many multipliers; with several words only
    parameter int Words = 2,  // words of weights; Outputs/Parallel*Fold of them where there are several blocks
    parameter int InWidth = 8,  // bits of an element
    parameter int WordWidth = 32,  // bits of a word
    parameter logic [WordWidth-1:0] ConstWeights = '0,  // the only word
    parameter bit WeightRam = Words > 64,  // whether several are in block RAMs
    parameter WeightFile = "",  // several ones, one a line
    parameter int Simd = Lanes / Blocks / Fold,  // derived
    parameter int Own = Blocks > 1 ? Parallel : 1,  // derived
    parameter int FoldWidth = $clog2(Fold + 1)  // derived
) (
    input  logic                               clk_i,
    input  logic                               rst_ni,
    input  logic [                    Relay:0] go_i,
    input  logic [              FoldWidth-1:0] fold_i,
    input  logic [          Lanes*InWidth-1:0] in_data_i,
    output logic [Copies*Own*Simd*InWidth-1:0] slice_o,
    output logic [              WordWidth-1:0] word_o
);

  localparam int AddressWidth = Words > 1 ? $clog2(Words) : 1;
  logic [AddressWidth-1:0] address;
  logic [WordWidth-1:0] word;
  acc_weights #(
      .Words(Words),
      .Width(WordWidth),
      .FirstWord(ConstWeights),
      .Ram(WeightRam),
      .WeightFile(WeightFile)
  ) u_weights (
      .clk_i,
      .rst_ni,
      .go_i(go_i[0]),
      .address_o(address),
      .word_o(word)
  );

  // The beat in slices: the inputs of one cycle side by side, those of an output behind those of the one before where they differ.
  localparam int Slices = Blocks > 1 ? Words : Fold;
  localparam int SliceBits = Own * Simd * InWidth;
  localparam int IndexWidth = $clog2(Slices + 1);
  logic [IndexWidth-1:0] index;
  logic [Slices*SliceBits-1:0] slices;
  generate
    if (Blocks == 1) begin : gen_shared
      assign index  = fold_i;
      assign slices = in_data_i;
    end else begin : gen_own
      assign index = IndexWidth'(address);
      for (genvar i = 0; i < Slices * Own * Simd; i++) begin : gen_element
        localparam int Number = i / (Own * Simd) % Fold * Simd + i % Simd;  // among the inputs of the output
        localparam int Block = (i / (Own * Simd) / Fold * Parallel + i / Simd % Own) * Blocks / Outputs;
        localparam int From = (Number / Together * Blocks + Block) * Together + Number % Together;
        assign slices[i*InWidth+:InWidth] = in_data_i[From*InWidth+:InWidth];
      end
    end

    if (Words == 1) begin : gen_whole
      assign slice_o = {Copies{slices}};
      assign word_o  = word;
    end else begin : gen_slice
      logic [SliceBits-1:0] slice, taken;
      acc_slices #(
          .Width(SliceBits),
          .Count(Slices)
      ) u_slice (
          .clk_i,
          .rst_ni,
          .go_i(go_i[0]),
          .index_i(index),
          .words_i(slices),
          .word_o (slice)
      );
      acc_delay #(
          .Width (SliceBits),
          .Cycles(Relay ? 1 : 0)
      ) u_taken (
          .clk_i,
          .en_i (go_i[0]),
          .in_i (slice),
          .out_o(taken)
      );
      acc_delay #(
          .Width (WordWidth),
          .Cycles(Relay ? 1 : 0)
      ) u_word (
          .clk_i,
          .en_i (go_i[Relay]),
          .in_i (word),
          .out_o(word_o)
      );
      for (genvar c = 0; c < Copies; c++) begin : gen_copy
        logic [SliceBits-1:0] slice_q;
        (* keep *) always_ff @(posedge clk_i) if (go_i[Relay]) slice_q <= taken;  // else Yosys makes one of them
        assign slice_o[c*SliceBits+:SliceBits] = slice_q;
      end
    end
  endgenerate

  logic unused;
  assign unused = &{1'b0, address, fold_i, index};

endmodule
