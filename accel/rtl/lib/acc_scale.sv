// Per-channel affine map of a stream: out[i] = requantise(x[i] * scale[i] + bias[i]), one cast of the exact sum.
//
// Latency: 2 cycles (product, sum). One multiplier per lane; one beat per cycle; stops while its output beat waits.

module acc_scale #(
    parameter int Lanes = 4,  // elements of a beat
    parameter int InWidth = 8,  // bits of an input element
    parameter bit InSigned = 1,  // whether it is signed
    parameter int ScaleWidth = 8,  // bits of a scale, which is signed
    parameter int ProductFraction = 8,  // fractional bits of input plus scale
    parameter int BiasWidth = 8,  // bits of a bias, which is signed
    parameter int BiasFraction = 4,  // its fractional bits
    parameter int OutWidth = 8,  // bits of an output element
    parameter int OutFraction = 4,  // its fractional bits
    parameter bit OutSigned = 1,  // whether it is signed
    parameter int OutRounding = 0,  // its rounding, code of acc_pkg
    parameter int OutOverflow = 0,  // its overflow, code of acc_pkg
    parameter logic [Lanes*ScaleWidth-1:0] Scale = '0,  // scales, channel 0 low
    parameter logic [Lanes*BiasWidth-1:0] Bias = '0  // biases, channel 0 low
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

  // Product and bias meet at the finer of the two fractions, in a sum that holds both.
  localparam int InSpan = InWidth + (InSigned ? 0 : 1);
  localparam int ProductWidth = InSpan + ScaleWidth;
  localparam int SumFraction = ProductFraction > BiasFraction ? ProductFraction : BiasFraction;
  localparam int ProductShift = SumFraction - ProductFraction;
  localparam int BiasShift = SumFraction - BiasFraction;
  localparam int WideProduct = ProductWidth + ProductShift;
  localparam int WideBias = BiasWidth + BiasShift;
  localparam int SumWidth = (WideProduct > WideBias ? WideProduct : WideBias) + 1;

  logic en;
  logic [1:0] valid_q;
  assign en = !valid_q[1] || out_ready_i;
  assign in_ready_o = en;
  assign out_valid_o = valid_q[1];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (en) valid_q <= {valid_q[0], in_valid_i};
  end

  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_lane
      logic signed [ProductWidth-1:0] product;
      logic signed [SumWidth-1:0] sum;
      logic [OutWidth-1:0] result, result_q;
      acc_multiply #(
          .AWidth(InWidth),
          .ASigned(InSigned),
          .BWidth(ScaleWidth),
          .BSigned(1),
          .ProductFraction(ProductFraction),
          .OutWidth(ProductWidth),
          .OutFraction(ProductFraction)
      ) u_multiply (
          .clk_i,
          .en_i (en && in_valid_i),
          .a_i  (in_data_i[i*InWidth+:InWidth]),
          .b_i  (Scale[i*ScaleWidth+:ScaleWidth]),
          .out_o(product)
      );
      localparam logic signed [BiasWidth-1:0] LaneBias = Bias[i*BiasWidth+:BiasWidth];
      assign sum = (SumWidth'(product) <<< ProductShift) + (SumWidth'(LaneBias) <<< BiasShift);
      acc_requant #(
          .InWidth(SumWidth),
          .InFraction(SumFraction),
          .InSigned(1),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(OutSigned),
          .Rounding(OutRounding),
          .Overflow(OutOverflow)
      ) u_requant (
          .in_i (sum),
          .out_o(result)
      );
      always_ff @(posedge clk_i) if (en && valid_q[0]) result_q <= result;
      assign out_data_o[i*OutWidth+:OutWidth] = result_q;
    end
  endgenerate

endmodule
