// The matrix-vector product on the loop of a recurrent layer: sums[o] = base[o] + sum_k cast(h[k] * u[k, o]), unit by unit, so that
// the first units pass the gates while the sums of the others are computed. Output o = unit*Gates + gate.
//
// Rounds rounds of Fold cycles with issue_i: in each, all of h passes in slices of Simd = Units/Fold elements, for the next
// Parallel = Gates*Units/Rounds outputs. take_o asks for the round's beat of bases: it is added in that cycle, unless the caller
// stops everything by en_i because it is not there. Rounds are collected until they are whole units: done_o, once in every Count =
// Gates/gcd(Parallel, Gates) rounds, when sums_o and base_o hold Lanes = Count*Parallel/Gates units.
// Multipliers = Gates*Units*Units/(Fold*Rounds). Products are cast to the accumulator (rounding AccRounding), sums wrap.
//
// Latency from a round's first issue_i, in enabled cycles: with Fold = 1 the base is one more term of the adder tree: take_o 1 later, the
// sums 1 + ceil(log3(Simd+1)). Else two trees feed an accumulator: take_o Taken = 1 + ceil(log3(ceil(Simd/2))) later, the sums
// Taken + Fold.
// Data layout: slice element s in h_i[s*InWidth +: InWidth], the slices rising; output round*Parallel + p in
// base_i[p*AccWidth +: AccWidth]. Weights word t = round*Fold + slice holds input s, output p at
// [(s*Parallel+p)*WeightWidth +: WeightWidth]; the first one is FirstWord, too, and line t of WeightFile
// where there are several (acc_weights).

module acc_recurrent_sums #(
    parameter int Gates = 3,  // gates
    parameter int Units = 4,  // elements of h, outputs of each gate
    parameter int Fold = 2,  // slices of h
    parameter int Rounds = 2,  // parts of the outputs
    parameter int InWidth = 16,  // bits of an element of h, signed
    parameter int WeightWidth = 8,  // bits of a weight
    parameter bit WeightSigned = 1,  // whether it is signed
    parameter int Apart = 0,  // of the weights of two outputs in one multiplier (acc_products); 0: each has its own
    parameter int Overlap = 1,  // of their products (acc_products)
    parameter int ProductFraction = 16,  // fractional bits of h plus weight
    parameter int AccWidth = 18,  // bits of the accumulator, signed
    parameter int AccFraction = 8,  // its fractional bits
    parameter int AccRounding = 0,  // rounding of a product into it, code of acc_pkg
    parameter logic [Units/Fold*(Gates*Units/Rounds)*WeightWidth-1:0] FirstWord = '0,  // the only or first word of weights
    parameter WeightFile = "",  // ROM contents, one word a line
    parameter int Simd = Units / Fold,  // elements of a slice, derived
    parameter int Parallel = Gates * Units / Rounds,  // outputs of a round, derived
    parameter int Count = Gates / acc_pkg::gcd(Parallel, Gates)  // rounds of whole units, derived
) (
    input  logic                               clk_i,
    input  logic                               rst_ni,
    input  logic                               en_i,
    input  logic                               issue_i,
    input  logic [           Simd*InWidth-1:0] h_i,
    input  logic [      Parallel*AccWidth-1:0] base_i,
    output logic                               take_o,
    output logic                               done_o,
    output logic [Count*Parallel*AccWidth-1:0] sums_o,
    output logic [Count*Parallel*AccWidth-1:0] base_o
);

  // Terms of an output: with one slice the base, too, in one tree; else in two, an even number.
  localparam bit InTree = Fold == 1;
  localparam int Half = (Simd + 1) / 2;
  localparam int Levels = acc_pkg::tree_levels(InTree ? Simd + 1 : Half);
  localparam int Enables = Levels > 0 ? Levels : 1;
  localparam int Trees = InTree ? 1 : 2;

  // What has something to do: the multipliers, each level of the trees, the accumulator. The others hold their registers.
  logic [Levels:0] busy_q;
  logic [Levels+1:0] coming, work;
  assign coming = {busy_q, issue_i};
  assign work = coming & {(Levels + 2) {en_i}};
  always_ff @(posedge clk_i) begin
    if (!rst_ni) busy_q <= '0;
    else if (en_i) busy_q <= coming[Levels:0];
  end

  localparam int Words = Fold * Rounds;
  localparam int AddressWidth = Words > 1 ? $clog2(Words) : 1;
  logic [Simd*Parallel*WeightWidth-1:0] word;
  logic [AddressWidth-1:0] address;
  acc_weights #(
      .Words(Words),
      .Width(Simd * Parallel * WeightWidth),
      .Primed(1),
      .FirstWord(FirstWord),
      .WeightFile(WeightFile)
  ) u_weights (
      .clk_i,
      .rst_ni,
      .go_i(work[0]),
      .address_o(address),
      .word_o(word)
  );

  logic [Trees*Parallel*AccWidth-1:0] dots;
  acc_dots #(
      .Simd(Simd),
      .Parallel(Parallel),
      .Apart(Apart),
      .Overlap(Overlap),
      .InWidth(InWidth),
      .InSigned(1),
      .WeightWidth(WeightWidth),
      .WeightSigned(WeightSigned),
      .ProductFraction(ProductFraction),
      .AccWidth(AccWidth),
      .AccFraction(AccFraction),
      .AccRounding(AccRounding),
      .Added(InTree || Simd % 2 != 0),
      .Trees(Trees)
  ) u_dots (
      .clk_i,
      .en_i(work[Enables:0]),
      .x_i(h_i),
      .word_i(word),
      .added_i(InTree ? base_i : '0),
      .sums_o(dots)
  );

  // A round's sums and bases, in the cycle in which they are there.
  logic summed;
  logic [Parallel*AccWidth-1:0] sums, bases;
  generate
    if (InTree) begin : gen_at_once
      assign take_o = busy_q[0];
      assign summed = busy_q[Levels];
      assign sums = dots;  // the trees' last registers
      acc_delay #(
          .Width (Parallel * AccWidth),
          .Cycles(Levels)
      ) u_bases (
          .clk_i,
          .en_i(|work[Levels:1]),
          .in_i (base_i),
          .out_o(bases)
      );
    end else begin : gen_accumulate
      localparam int SliceWidth = $clog2(Fold + 1);
      logic [SliceWidth-1:0] slice_q, slice_d;
      logic last_slice, summed_q, take_q;  // take_q: the sums' first slice is there; a register, because the layer waits for it
      logic [Parallel*AccWidth-1:0] grown, sums_q, bases_q;
      assign last_slice = slice_q == SliceWidth'(Fold - 1);
      assign slice_d = !busy_q[Levels] ? slice_q : last_slice ? '0 : slice_q + 1'b1;
      assign take_o = take_q;
      assign summed = summed_q;
      assign sums = sums_q;
      assign bases = bases_q;
      for (genvar p = 0; p < Parallel; p++) begin : gen_column
        logic [AccWidth-1:0] so_far;
        assign so_far = take_q ? base_i[p*AccWidth+:AccWidth] : sums_q[p*AccWidth+:AccWidth];
        assign grown[p*AccWidth+:AccWidth] = so_far + dots[2*p*AccWidth+:AccWidth] + dots[(2*p+1)*AccWidth+:AccWidth];
      end
      always_ff @(posedge clk_i) begin
        if (!rst_ni) begin
          slice_q  <= '0;
          summed_q <= 1'b0;
          take_q   <= 1'b0;
        end else if (en_i) begin
          slice_q  <= slice_d;
          summed_q <= busy_q[Levels] && last_slice;
          take_q   <= coming[Levels] && slice_d == '0;
        end
        if (work[Levels+1]) sums_q <= grown;
        if (en_i && take_q) bases_q <= base_i;
      end
    end

    // Rounds that are no whole units wait for the next ones.
    if (Count == 1) begin : gen_whole
      assign done_o = summed;
    end else begin : gen_count
      localparam int CountWidth = $clog2(Count);
      logic [CountWidth-1:0] count_q;
      assign done_o = summed && count_q == CountWidth'(Count - 1);
      always_ff @(posedge clk_i) begin
        if (!rst_ni) count_q <= '0;
        else if (en_i && summed) count_q <= done_o ? '0 : count_q + 1'b1;
      end
    end
  endgenerate

  acc_collect #(
      .Width(Parallel * AccWidth),
      .Count(Count)
  ) u_sums (
      .clk_i,
      .en_i (en_i && summed),
      .in_i (sums),
      .out_o(sums_o)
  );

  acc_collect #(
      .Width(Parallel * AccWidth),
      .Count(Count)
  ) u_bases (
      .clk_i,
      .en_i (en_i && summed),
      .in_i (bases),
      .out_o(base_o)
  );

  logic unused;
  assign unused = &{1'b0, address, work};

  if (Units % Fold != 0 || Gates * Units % Rounds != 0) begin : gen_bad
    initial $fatal(1, "acc_recurrent_sums: Fold must divide Units, Rounds Gates*Units");
  end

endmodule
