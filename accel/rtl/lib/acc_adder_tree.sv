// Sum of Terms integers and, with Biased, a constant by a registered tree of adders with two or three inputs, modulo 2**Width.
//
//   sum_o = terms_i[0] + ... + terms_i[Terms-1] + Bias
//
// A level has as few adders as three inputs allow, and no more of three inputs than it needs: they are slower. The constant is added as
// late as an adder has an input left for it.
// Latency: ceil(log3(Terms + Biased)) enabled cycles (0 for one term), each level with an enable of its own: that of bit l comes l cycles
// behind the first. Data layout: term k in terms_i[k*Width +: Width].
// It does not widen: the caller picks a Width that holds the sum, or wants it wrapped.

module acc_adder_tree #(
    parameter int Terms = 4,  // integers to add
    parameter int Width = 8,  // bits of each, and of the sum
    parameter bit Biased = 0,  // whether a constant is added
    parameter logic [Width-1:0] Bias = '0,  // which
    parameter int Levels = acc_pkg::tree_levels(Terms + (Biased ? 1 : 0)),  // of adders, derived
    parameter int Enables = Levels > 0 ? Levels : 1  // derived
) (
    input  logic                   clk_i,
    input  logic [    Enables-1:0] en_i,
    input  logic [Terms*Width-1:0] terms_i,
    output logic [      Width-1:0] sum_o
);

  localparam int Last = Biased ? acc_pkg::tree_spare(Terms, 3, Levels) : 0;  // the level that adds the constant
  generate
    for (genvar l = 0; l <= Levels; l++) begin : gen_level
      localparam int Items = acc_pkg::tree_items(Terms, 3, l);
      logic [Items*Width-1:0] items;
      if (l == 0) begin : gen_input
        assign items = terms_i;
      end else begin : gen_sum
        localparam int Before = acc_pkg::tree_items(Terms, 3, l - 1);
        localparam int More = Before % Items;  // adders that have an input more than the others
        for (genvar i = 0; i < Items; i++) begin : gen_add
          localparam int Inputs = Before / Items + (i < More ? 1 : 0);
          localparam int First = i * (Before / Items) + (i < More ? i : More);
          localparam logic [Width-1:0] Added = l == Last && i == Items - 1 ? Bias : '0;
          logic [Width-1:0] sum, sum_q;
          if (Inputs == 3) begin : gen_three
            assign sum = gen_level[l-1].items[First*Width+:Width] + gen_level[l-1].items[(First+1)*Width+:Width]
                       + gen_level[l-1].items[(First+2)*Width+:Width];
          end else if (Inputs == 2) begin : gen_two
            assign sum = gen_level[l-1].items[First*Width+:Width] + gen_level[l-1].items[(First+1)*Width+:Width] + Added;
          end else begin : gen_one
            assign sum = gen_level[l-1].items[First*Width+:Width] + Added;
          end
          always_ff @(posedge clk_i) if (en_i[l-1]) sum_q <= sum;
          assign items[i*Width+:Width] = sum_q;
        end
      end
    end
    if (Levels == 0) begin : gen_wire
      logic unused;
      assign unused = &{1'b0, clk_i, en_i};
    end
  endgenerate

  assign sum_o = gen_level[Levels].items;

  if (Terms < 1 || Width < 1) begin : gen_bad
    initial $fatal(1, "acc_adder_tree: Terms and Width must be at least 1");
  end

endmodule
