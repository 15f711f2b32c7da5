// h of a recurrent layer, the one that follows from it, and the output beat.
//
//   turn_i:  h turns by Simd units, so that slice_o is the next slice of it; after Units/Simd turns it is back in place
//   push_i:  new_i is the next Lanes units of the h to come
//   last_i:  with the last push_i of a step: the new h is h; emit_i: it is the output beat, too; clear_i: h is 0 instead
//
// old_o is h of the Lanes units that push_i will replace in the next cycle, or, unless Close, in any later one: Close says that pushes
// may follow cycle by cycle. With Lanes = Units, h must be back in place.
// Latency: 1 enabled cycle. Data: unit k at [k*Width +: Width].

module acc_recurrent_state #(
    parameter int Units = 4,  // units of h
    parameter int Width = 8,  // bits of each
    parameter int Simd  = 2,  // units of a slice
    parameter int Lanes = 2,  // units that push_i takes in
    parameter bit Close = 0   // whether pushes may follow cycle by cycle
) (
    input  logic                   clk_i,
    input  logic                   rst_ni,
    input  logic                   en_i,
    input  logic                   turn_i,
    input  logic                   push_i,
    input  logic                   last_i,
    input  logic                   emit_i,
    input  logic                   clear_i,
    input  logic [Lanes*Width-1:0] new_i,
    output logic [ Simd*Width-1:0] slice_o,
    output logic [Lanes*Width-1:0] old_o,
    output logic [Units*Width-1:0] out_data_o
);

  logic [Units*Width-1:0] h, same, coming, pushed;
  acc_ring #(
      .Units(Units),
      .Width(Width),
      .Turn (Simd),
      .Shift(Units)
  ) u_h (
      .clk_i,
      .rst_ni,
      .en_i,
      .turn_i,
      .shift_i(last_i),
      .clear_i,
      .in_i(pushed),
      .units_o(h),
      .next_o(same)
  );
  assign slice_o = h[Simd*Width-1:0];

  // The h to come, above what is left of h: a group leaves where one is pushed.
  acc_ring #(
      .Units(Units),
      .Width(Width),
      .Turn (Units),
      .Shift(Lanes)
  ) u_coming (
      .clk_i,
      .rst_ni,
      .en_i,
      .turn_i(1'b0),
      .shift_i(push_i),
      .clear_i,
      .in_i(new_i),
      .units_o(coming),
      .next_o(pushed)
  );

  generate
    if (Lanes == Units) begin : gen_all
      assign old_o = h;
    end else if (Close) begin : gen_close
      assign old_o = push_i ? pushed[Lanes*Width-1:0] : coming[Lanes*Width-1:0];
    end else begin : gen_apart
      assign old_o = coming[Lanes*Width-1:0];
    end
  endgenerate

  logic [Units*Width-1:0] out_q;
  always_ff @(posedge clk_i) if (en_i && emit_i) out_q <= pushed;
  assign out_data_o = out_q;

  logic unused;
  assign unused = &{1'b0, h, same, coming};

endmodule
