// Blocks of two streams one after the other: ABeats beats of a, BBeats beats of b, and so on, each element requantised.
//
// Latency: 1 cycle. One beat per cycle; stops while its output beat waits. Data layout: input a in the low bits of in_data_i, and
// at bit 0 of in_valid_i and in_ready_o; b above it.

module acc_append #(
    parameter int Lanes = 4,  // elements of a beat, of either input and of the output
    parameter int ABeats = 2,  // beats of a block of a
    parameter int BBeats = 2,  // the same of b
    parameter int AWidth = 8,  // bits of an element of a
    parameter int AFraction = 4,  // its fractional bits
    parameter bit ASigned = 1,  // whether it is signed
    parameter int BWidth = 8,  // the same of b
    parameter int BFraction = 4,
    parameter bit BSigned = 1,
    parameter int OutWidth = 8,  // bits of an output element
    parameter int OutFraction = 4,  // its fractional bits
    parameter bit OutSigned = 1,  // whether it is signed
    parameter int OutRounding = 0,  // its rounding, code of acc_pkg
    parameter int OutOverflow = 0,  // its overflow, code of acc_pkg
    parameter int InBits = Lanes * (AWidth + BWidth)  // derived
) (
    input  logic                      clk_i,
    input  logic                      rst_ni,
    input  logic [               1:0] in_valid_i,
    output logic [               1:0] in_ready_o,
    input  logic [        InBits-1:0] in_data_i,
    output logic                      out_valid_o,
    input  logic                      out_ready_i,
    output logic [Lanes*OutWidth-1:0] out_data_o
);

  localparam int Most = ABeats > BBeats ? ABeats : BBeats;
  localparam int CountWidth = Most > 1 ? $clog2(Most) : 1;

  // of_b_q: the beat to come is one of b; beat_q: which one of its block.
  logic en, of_b_q, offered, last, valid_q;
  logic [CountWidth-1:0] beat_q;
  assign en = !valid_q || out_ready_i;
  assign offered = of_b_q ? in_valid_i[1] : in_valid_i[0];
  assign last = beat_q == (of_b_q ? CountWidth'(BBeats - 1) : CountWidth'(ABeats - 1));
  assign in_ready_o = {en && of_b_q, en && !of_b_q};
  assign out_valid_o = valid_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      of_b_q  <= 1'b0;
      beat_q  <= '0;
    end else if (en) begin
      valid_q <= offered;
      if (offered) begin
        of_b_q <= of_b_q ^ last;
        beat_q <= last ? '0 : beat_q + 1'b1;
      end
    end
  end

  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_lane
      logic [OutWidth-1:0] result_a, result_b, result_q;
      acc_requant #(
          .InWidth(AWidth),
          .InFraction(AFraction),
          .InSigned(ASigned),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(OutSigned),
          .Rounding(OutRounding),
          .Overflow(OutOverflow)
      ) u_requant_a (
          .in_i (in_data_i[i*AWidth+:AWidth]),
          .out_o(result_a)
      );
      acc_requant #(
          .InWidth(BWidth),
          .InFraction(BFraction),
          .InSigned(BSigned),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(OutSigned),
          .Rounding(OutRounding),
          .Overflow(OutOverflow)
      ) u_requant_b (
          .in_i (in_data_i[Lanes*AWidth+i*BWidth+:BWidth]),
          .out_o(result_b)
      );
      always_ff @(posedge clk_i) if (en && offered) result_q <= of_b_q ? result_b : result_a;
      assign out_data_o[i*OutWidth+:OutWidth] = result_q;
    end
  endgenerate

  if (Lanes < 1 || ABeats < 1 || BBeats < 1) begin : gen_bad
    initial $fatal(1, "acc_append: Lanes, ABeats and BBeats must be at least 1");
  end

endmodule
