// Elementwise cast of a stream, with or without ReLU: out = requantise(Relu ? max(x, 0) : x).
//
// Latency: 1 cycle. One beat per cycle; stops while its output beat waits.

module acc_cast #(
    parameter int Lanes       = 4,  // elements of a beat
    parameter bit Relu        = 1,  // negative elements become zero first
    parameter int InWidth     = 8,  // bits of an input element
    parameter int InFraction  = 4,  // its fractional bits
    parameter bit InSigned    = 1,  // whether it is signed
    parameter int OutWidth    = 8,  // bits of an output element
    parameter int OutFraction = 4,  // its fractional bits
    parameter bit OutSigned   = 1,  // whether it is signed
    parameter int OutRounding = 0,  // its rounding, code of acc_pkg
    parameter int OutOverflow = 0   // its overflow, code of acc_pkg
) (
    input  logic                      clk_i,
    input  logic                      rst_ni,
    input  logic                      in_valid_i,
    output logic                      in_ready_o,
    input  logic [ Lanes*InWidth-1:0] in_data_i,
    output logic                      out_valid_o,
    input  logic                      out_ready_i,
    output logic [Lanes*OutWidth-1:0] out_data_o
);

  logic en, valid_q;
  assign en = !valid_q || out_ready_i;
  assign in_ready_o = en;
  assign out_valid_o = valid_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (en) valid_q <= in_valid_i;
  end

  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_lane
      logic [OutWidth-1:0] result, result_q;
      acc_rectify #(
          .Relu(Relu),
          .InWidth(InWidth),
          .InFraction(InFraction),
          .InSigned(InSigned),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(OutSigned),
          .Rounding(OutRounding),
          .Overflow(OutOverflow)
      ) u_rectify (
          .in_i (in_data_i[i*InWidth+:InWidth]),
          .out_o(result)
      );
      always_ff @(posedge clk_i) if (en && in_valid_i) result_q <= result;
      assign out_data_o[i*OutWidth+:OutWidth] = result_q;
    end
  endgenerate

endmodule
