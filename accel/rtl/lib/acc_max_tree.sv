// Maximum of Terms signed or unsigned integers by a registered tree of two-input comparisons.
//
// Latency: ceil(log2(Terms)) enabled cycles (0 for one term). Data layout: term k in terms_i[k*Width +: Width].

module acc_max_tree #(
    parameter int Terms  = 4,  // integers to compare
    parameter int Width  = 8,  // bits of each
    parameter bit Signed = 1   // whether they are signed
) (
    input  logic                   clk_i,
    input  logic                   en_i,
    input  logic [Terms*Width-1:0] terms_i,
    output logic [      Width-1:0] max_o
);

  localparam int Levels = $clog2(Terms);
  // Flipping the sign bits turns a signed comparison into an unsigned one.
  localparam logic [Width-1:0] Flip = Signed ? Width'(1) << (Width - 1) : '0;

  generate
    for (genvar l = 0; l <= Levels; l++) begin : gen_level
      localparam int Items = acc_pkg::tree_items(Terms, 2, l);
      logic [Items*Width-1:0] items;
      if (l == 0) begin : gen_input
        assign items = terms_i;
      end else begin : gen_max
        localparam int Before = acc_pkg::tree_items(Terms, 2, l - 1);
        for (genvar i = 0; i < Items; i++) begin : gen_pair
          logic [Width-1:0] a, max, max_q;
          assign a = gen_level[l-1].items[2*i*Width+:Width];
          if (2 * i + 1 < Before) begin : gen_two
            logic [Width-1:0] b;
            assign b = gen_level[l-1].items[(2*i+1)*Width+:Width];
            assign max = (a ^ Flip) >= (b ^ Flip) ? a : b;
          end else begin : gen_one
            assign max = a;
          end
          always_ff @(posedge clk_i) if (en_i) max_q <= max;
          assign items[i*Width+:Width] = max_q;
        end
      end
    end
    if (Levels == 0) begin : gen_wire
      logic unused;
      assign unused = &{1'b0, clk_i, en_i};
    end
  endgenerate

  assign max_o = gen_level[Levels].items;

  if (Terms < 1 || Width < 1) begin : gen_bad
    initial $fatal(1, "acc_max_tree: Terms and Width must be at least 1");
  end

endmodule
