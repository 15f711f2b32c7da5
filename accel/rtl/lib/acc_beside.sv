// Two streams side by side: out = {requantise(b), requantise(a)}, the lanes of a low.
//
// Latency: 1 cycle. One beat per cycle; a beat is taken of both inputs at once; stops while its output beat waits.
// Data layout: input a in the low bits of in_data_i, and at bit 0 of in_valid_i and in_ready_o; b above it.

module acc_beside #(
    parameter int ALanes = 4,  // elements of a beat of a
    parameter int BLanes = 4,  // the same of b
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
    parameter int Lanes = ALanes + BLanes,  // derived
    parameter int InBits = ALanes * AWidth + BLanes * BWidth  // derived
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

  logic en, both, valid_q;
  assign en = !valid_q || out_ready_i;
  assign both = &in_valid_i;
  assign in_ready_o = en ? {in_valid_i[0], in_valid_i[1]} : 2'b00;
  assign out_valid_o = valid_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (en) valid_q <= both;
  end

  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_lane
      localparam bit OfA = i < ALanes;
      localparam int InWidth = OfA ? AWidth : BWidth;
      localparam int At = OfA ? i * AWidth : ALanes * AWidth + (i - ALanes) * BWidth;
      logic [OutWidth-1:0] result, result_q;
      acc_requant #(
          .InWidth(InWidth),
          .InFraction(OfA ? AFraction : BFraction),
          .InSigned(OfA ? ASigned : BSigned),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(OutSigned),
          .Rounding(OutRounding),
          .Overflow(OutOverflow)
      ) u_requant (
          .in_i (in_data_i[At+:InWidth]),
          .out_o(result)
      );
      always_ff @(posedge clk_i) if (en && both) result_q <= result;
      assign out_data_o[i*OutWidth+:OutWidth] = result_q;
    end
  endgenerate

  if (ALanes < 1 || BLanes < 1) begin : gen_bad
    initial $fatal(1, "acc_beside: ALanes and BLanes must be at least 1");
  end

endmodule
