// The matrix-vector product on the loop of a recurrent layer: sums[o] = base[o] + sum_k cast(h[k] * u[k, o]), for all gates.
//
// Reuse cycles with issue_i (first_i in the first, with base_i) take h in slices of Simd = Units/Fold elements, Fold = gcd(Reuse,
// Units), all of them Rounds = Reuse/Fold times, each time for another part of the outputs. Multipliers = Gates*Units*Units/Reuse. Products are cast to the accumulator (rounding AccRounding), sums wrap.
//
// Latency from the first issue to sums_o: with Reuse = 1 and Lanes = Units, base is one more term of the adder tree and it is
// 1 + ceil(log3(Units+1)); else two trees feed an accumulator and it is Reuse + ceil(log3(ceil(Simd/2))) + 1. Until the next
// first_i the sums stay, except that shift_i[g] moves gate g's by Lanes units down.
// Data layout: slice element s in h_i[s*InWidth +: InWidth], the slices rising; output o = gate*Units + unit in
// sums_o[o*AccWidth +: AccWidth]. Weights word t = round*Fold + slice holds input s, output p of Parallel = Gates*Units/Rounds at
// [(s*Parallel+p)*WeightWidth +: WeightWidth]; it is ConstWeights where Reuse is 1, else line t of WeightFile. A round's outputs
// are round*Parallel + p.

module acc_recurrent_sums #(
    parameter int Gates = 3,  // gates
    parameter int Units = 4,  // elements of h, outputs of each gate
    parameter int Lanes = 4,  // units that shift_i moves
    parameter int Reuse = 2,  // cycles of one product
    parameter int InWidth = 16,  // bits of an element of h, signed
    parameter int WeightWidth = 8,  // bits of a weight
    parameter bit WeightSigned = 1,  // whether it is signed
    parameter int ProductFraction = 16,  // fractional bits of h plus weight
    parameter int AccWidth = 18,  // bits of the accumulator, signed
    parameter int AccFraction = 8,  // its fractional bits
    parameter int AccRounding = 0,  // rounding of a product into it, code of acc_pkg
    parameter logic [Units*Gates*Units*WeightWidth-1:0] ConstWeights = '0,  // the only word of weights
    parameter WeightFile = "",  // ROM contents, one word a line
    parameter int Simd = Units / acc_pkg::gcd(Reuse, Units)  // elements of a slice, derived
) (
    input  logic                            clk_i,
    input  logic                            rst_ni,
    input  logic                            en_i,
    input  logic                            first_i,
    input  logic                            issue_i,
    input  logic [               Gates-1:0] shift_i,
    input  logic [        Simd*InWidth-1:0] h_i,
    input  logic [Gates*Units*AccWidth-1:0] base_i,
    output logic [Gates*Units*AccWidth-1:0] sums_o
);

  localparam int Outputs = Gates * Units;
  localparam int Fold = Units / Simd;
  localparam int Rounds = Reuse / Fold;
  localparam int Parallel = Outputs / Rounds;
  localparam int WordBits = Simd * Parallel * WeightWidth;

  // What has something to do: the multipliers, each level of the trees, the accumulator. The others hold their registers.
  localparam bit AtOnce = Reuse == 1 && Lanes == Units;
  localparam int Half = (Simd + 1) / 2;
  localparam int Levels = acc_pkg::tree_levels(AtOnce ? Units + 1 : Half);
  localparam int Enables = Levels > 0 ? Levels : 1;
  logic [Levels:0] busy_q;
  logic [Levels+1:0] work;
  assign work = {busy_q, issue_i} & {(Levels + 2) {en_i}};
  always_ff @(posedge clk_i) begin
    if (!rst_ni) busy_q <= '0;
    else if (en_i) busy_q <= (Levels + 1)'({busy_q, issue_i});
  end

  // The word of this cycle: the constant, or read one cycle ahead.
  logic [WordBits-1:0] word;
  generate
    if (Reuse == 1) begin : gen_constant
      assign word = ConstWeights;
    end else begin : gen_rom
      localparam int AddressWidth = $clog2(Reuse);
      (* rom_style = Reuse > 64 ? "block" : "auto" *)
      logic [WordBits-1:0] rom[0:Reuse-1];
      logic [WordBits-1:0] word_q;
      logic [AddressWidth-1:0] address_q, address_d;
      initial if (WeightFile != "") $readmemh(WeightFile, rom);
      always_comb begin
        address_d = address_q;
        if (!rst_ni) address_d = '0;
        else if (issue_i) address_d = (address_q == AddressWidth'(Reuse - 1)) ? '0 : address_q + 1'b1;
      end
      always_ff @(posedge clk_i) begin
        if (work[0] || !rst_ni) begin
          address_q <= address_d;
          word_q <= rom[address_d];
        end
      end
      assign word = word_q;
    end
  endgenerate

  // One column per output computed at a time: Simd registered products; then one tree with base, or two for the accumulator.
  localparam int Terms = AtOnce ? Units + 1 : 2 * Half;
  logic [Parallel*AccWidth-1:0] grown;  // the current round's sums with this slice
  logic [Outputs*AccWidth-1:0] sums_q;
  generate
    for (genvar p = 0; p < Parallel; p++) begin : gen_column
      logic [Terms*AccWidth-1:0] terms;
      for (genvar s = 0; s < Simd; s++) begin : gen_product
        acc_multiply #(
            .AWidth(InWidth),
            .ASigned(1),
            .BWidth(WeightWidth),
            .BSigned(WeightSigned),
            .ProductFraction(ProductFraction),
            .OutWidth(AccWidth),
            .OutFraction(AccFraction),
            .Rounding(AccRounding)
        ) u_multiply (
            .clk_i,
            .en_i (work[0]),
            .a_i  (h_i[s*InWidth+:InWidth]),
            .b_i  (word[(s*Parallel+p)*WeightWidth+:WeightWidth]),
            .out_o(terms[s*AccWidth+:AccWidth])
        );
      end
      if (AtOnce) begin : gen_tree
        logic [AccWidth-1:0] base_q;
        always_ff @(posedge clk_i) if (work[0]) base_q <= base_i[p*AccWidth+:AccWidth];
        assign terms[Units*AccWidth+:AccWidth] = base_q;
        acc_adder_tree #(
            .Terms(Terms),
            .Width(AccWidth)
        ) u_tree (
            .clk_i,
            .en_i(work[1+:Enables]),
            .terms_i(terms),
            .sum_o  (grown[p*AccWidth+:AccWidth])
        );
      end else begin : gen_halves
        logic [2*AccWidth-1:0] halves;
        if (Simd < Terms) begin : gen_zero
          assign terms[Simd*AccWidth+:AccWidth] = '0;
        end
        for (genvar t = 0; t < 2; t++) begin : gen_half
          acc_adder_tree #(
              .Terms(Half),
              .Width(AccWidth)
          ) u_tree (
              .clk_i,
              .en_i(work[1+:Enables]),
              .terms_i(terms[t*Half*AccWidth+:Half*AccWidth]),
              .sum_o  (halves[t*AccWidth+:AccWidth])
          );
        end
        assign grown[p*AccWidth+:AccWidth] = sums_q[p*AccWidth+:AccWidth] + halves[0+:AccWidth] + halves[AccWidth+:AccWidth];
      end
    end

    if (AtOnce) begin : gen_at_once
      assign sums_q = grown;  // the trees' last registers
      logic unused;
      assign unused = &{1'b0, first_i, shift_i, work};
    end else begin : gen_accumulate
      // add: the trees hold a slice's sums; round_end: those of a round's last slice.
      logic add, round_end;
      assign add = busy_q[Levels];
      if (Rounds == 1) begin : gen_one_round
        assign round_end = 1'b1;
        logic unused;
        assign unused = &{1'b0, work};
      end else begin : gen_rounds
        localparam int SliceWidth = $clog2(Fold + 1);
        logic [SliceWidth-1:0] slice_q;
        assign round_end = slice_q == SliceWidth'(Fold - 1);
        always_ff @(posedge clk_i) begin
          if (!rst_ni) slice_q <= '0;
          else if (work[Levels+1]) slice_q <= round_end ? '0 : slice_q + 1'b1;
        end
      end

      // The current round's sums stand at the low end; at its end all rounds move down and these go to the top. They change as
      // one vector, which event-driven simulators are glad of.
      localparam int GateBits = Units * AccWidth;
      logic [Outputs*AccWidth-1:0] held_q;
      assign sums_q = held_q;
      always_ff @(posedge clk_i) begin
        if (en_i) begin
          if (first_i) begin
            held_q <= base_i;
          end else if (add && round_end) begin
            held_q <= (Outputs * AccWidth)'({grown, held_q} >> (Parallel * AccWidth));
          end else begin
            for (int g = 0; g < Gates; g++) begin
              if (shift_i[g]) held_q[g*GateBits+:GateBits] <= held_q[g*GateBits+:GateBits] >> (Lanes * AccWidth);
            end
            if (add) held_q[Parallel*AccWidth-1:0] <= grown;
          end
        end
      end
    end
  endgenerate
  assign sums_o = sums_q;

  if (Units % Lanes != 0 || Outputs % Rounds != 0) begin : gen_bad
    initial $fatal(1, "acc_recurrent_sums: Lanes must divide Units, Reuse Gates*Units*Units");
  end

endmodule
