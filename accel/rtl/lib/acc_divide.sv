// Division of each element by a constant, toward zero as C++ divides, by long division: some bits of the quotients a cycle.
//
//   out[i] = requantise(trunc(x[i] / Divisor))
//
// A negative dividend becomes the positive one x + Divisor - 1 + (Divisor << (Bits - 1)), whose quotient, rounded down, is that of x with
// its sign bit flipped. A step brings the next bit of the dividend to the rest, takes the divisor away if it fits, and shifts the
// quotient's bit into the place that became free. No multiplier: of each element a register and a subtraction as long as the divisor.
//
// A beat is held for Cycles and taken in the last of them; latency from there 3 cycles (last steps, quotient, requantise). Of
// InWidth - floor(log2(Divisor)) bits, ceil(that / Cycles) are found a cycle. Stops while its output beat waits.

module acc_divide #(
    parameter int Lanes       = 2,  // elements of a beat
    parameter int Divisor     = 9,  // at least 2
    parameter int Cycles      = 3,  // cycles of a beat
    parameter int InWidth     = 12, // bits of an input element
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

  localparam int Log = $clog2(Divisor + 1) - 1;  // floor(log2(Divisor))
  localparam int Least = InWidth > Log ? InWidth - Log : 1;
  localparam int Held = Cycles > 0 ? Cycles : 1;
  localparam int Steps = (Least + Held - 1) / Held;  // of a cycle
  localparam int Bits = Steps * Held;  // of a quotient
  localparam int RestWidth = Divisor > 2 ? $clog2(Divisor) : 1;
  localparam int DividendWidth = RestWidth + Bits;
  localparam int CountWidth = $clog2(Held + 1);

  logic en, go, last, load, step;
  logic [CountWidth-1:0] count_q;
  logic taken_q, quotient_valid_q, out_valid_q;
  assign en = !out_valid_q || out_ready_i;
  assign go = en && in_valid_i;
  assign last = count_q == CountWidth'(Held - 1);
  assign load = go && count_q == '0;
  assign step = go && count_q != '0;
  assign in_ready_o = en && last;
  assign out_valid_o = out_valid_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q <= '0;
      taken_q <= 1'b0;
      quotient_valid_q <= 1'b0;
      out_valid_q <= 1'b0;
    end else if (en) begin
      if (in_valid_i) count_q <= last ? '0 : count_q + 1'b1;
      taken_q <= in_valid_i && last;
      quotient_valid_q <= taken_q;
      out_valid_q <= quotient_valid_q;
    end
  end

  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_lane
      logic [InWidth-1:0] x;
      logic [DividendWidth-1:0] dividend;
      logic [RestWidth-1:0] rest_q, rest;
      logic [Bits-1:0] word_q, word, quotient_q, quotient;
      logic [RestWidth:0] high;
      logic fits;
      logic [OutWidth-1:0] result, result_q;
      assign x = in_data_i[i*InWidth+:InWidth];
      if (InSigned) begin : gen_signed
        localparam logic [DividendWidth-1:0] Above = DividendWidth'(Divisor) << (Bits - 1);
        localparam logic [DividendWidth-1:0] Below = Above + DividendWidth'(Divisor - 1);
        assign dividend = DividendWidth'($signed(x)) + (x[InWidth-1] ? Below : Above);
        assign quotient = quotient_q ^ (Bits'(1) << (Bits - 1));
      end else begin : gen_unsigned
        assign dividend = DividendWidth'(x);
        assign quotient = quotient_q;
      end
      always_comb begin
        rest = rest_q;
        word = word_q;
        high = '0;
        fits = 1'b0;
        for (int k = 0; k < Steps; k++) begin
          high = {rest, word[Bits-1]};
          fits = high >= (RestWidth + 1)'(Divisor);
          rest = RestWidth'(fits ? high - (RestWidth + 1)'(Divisor) : high);
          word = Bits'({word, fits});
        end
      end
      always_ff @(posedge clk_i) begin
        if (load) {rest_q, word_q} <= dividend;
        else if (step) {rest_q, word_q} <= {rest, word};
        if (en && taken_q) quotient_q <= word;
      end
      acc_requant #(
          .InWidth(Bits),
          .InFraction(InFraction),
          .InSigned(InSigned),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(OutSigned),
          .Rounding(OutRounding),
          .Overflow(OutOverflow)
      ) u_requant (
          .in_i (quotient),
          .out_o(result)
      );
      always_ff @(posedge clk_i) if (en && quotient_valid_q) result_q <= result;
      assign out_data_o[i*OutWidth+:OutWidth] = result_q;
    end
  endgenerate

  if (Divisor < 2 || Cycles < 1 || Lanes < 1) begin : gen_bad
    initial $fatal(1, "acc_divide: Divisor must be at least 2, Cycles and Lanes at least 1");
  end

endmodule
