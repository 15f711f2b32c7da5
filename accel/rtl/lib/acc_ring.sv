// The values of all units of a recurrent layer, read at fixed places by turning them.
//
//   turn_i:  unit k moves to k - Turn (modulo Units); after Units/Turn turns everything is back in place
//   shift_i: unit k moves to k - Shift, in_i becomes the last Shift units
//   clear_i: all zero; wins over shift_i, next_o does not see it
//
// Latency: 1 enabled cycle. Data: unit k at [k*Width +: Width].

module acc_ring #(
    parameter int Units = 4,  // values held
    parameter int Width = 8,  // bits of each
    parameter int Turn  = 4,  // units that turn_i moves
    parameter int Shift = 2   // units that shift_i takes in
) (
    input  logic                   clk_i,
    input  logic                   rst_ni,
    input  logic                   en_i,
    input  logic                   turn_i,
    input  logic                   shift_i,
    input  logic                   clear_i,
    input  logic [Shift*Width-1:0] in_i,
    output logic [Units*Width-1:0] units_o,  // now
    output logic [Units*Width-1:0] next_o    // after shift_i
);

  logic [Units*Width-1:0] units_q, turned;
  assign units_o = units_q;

  generate
    if (Turn == Units) begin : gen_still
      assign turned = units_q;
    end else begin : gen_turn
      assign turned = {units_q[Turn*Width-1:0], units_q[Units*Width-1:Turn*Width]};
    end
    if (Shift == Units) begin : gen_replace
      assign next_o = in_i;
    end else begin : gen_shift
      assign next_o = {in_i, units_q[Units*Width-1:Shift*Width]};
    end
  endgenerate

  always_ff @(posedge clk_i) begin
    if (!rst_ni) units_q <= '0;
    else if (en_i) begin
      if (clear_i) units_q <= '0;
      else if (shift_i) units_q <= next_o;
      else if (turn_i) units_q <= turned;
    end
  end

  if (Units < 1 || Turn < 1 || Shift < 1 || Units % Turn != 0 || Units % Shift != 0) begin : gen_bad
    initial $fatal(1, "acc_ring: Turn and Shift must divide Units");
  end

endmodule
