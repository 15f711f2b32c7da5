// Two streams element by element: out[i] = requantise(a[i] Operation b[i]), one cast of the exact value.
//
// Latency: 2 cycles (operation, cast). One beat per cycle; a beat is taken of both inputs at once; stops while its output beat
// waits. Data layout: input a in the low bits of in_data_i, and at bit 0 of in_valid_i and in_ready_o; b above it. An input of one
// lane serves all lanes. Multiply takes a multiplier per lane.

module acc_merge #(
    parameter int Operation = 0,  // 0 add, 1 subtract, 2 multiply, 3 average, 4 maximum, 5 minimum
    parameter int Lanes = 4,  // elements of an output beat
    parameter int ALanes = 4,  // elements of a beat of a: Lanes or 1
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

  localparam int Multiply = 2, Average = 3, Maximum = 4, Minimum = 5;

  // Both as signed numbers; sums and comparisons at the finer of the two fractions, in a width that holds a sum.
  localparam int ASpan = AWidth + (ASigned ? 0 : 1);
  localparam int BSpan = BWidth + (BSigned ? 0 : 1);
  localparam int Finer = AFraction > BFraction ? AFraction : BFraction;
  localparam int AShift = Finer - AFraction;
  localparam int BShift = Finer - BFraction;
  localparam int WideA = ASpan + AShift;
  localparam int WideB = BSpan + BShift;
  localparam int ExactWidth = Operation == Multiply ? ASpan + BSpan : (WideA > WideB ? WideA : WideB) + 1;
  localparam int ExactFraction = Operation == Multiply ? AFraction + BFraction
                               : Operation == Average ? Finer + 1 : Finer;

  logic en, both;
  logic [1:0] valid_q;
  assign en = !valid_q[1] || out_ready_i;
  assign both = &in_valid_i;
  assign in_ready_o = en ? {in_valid_i[0], in_valid_i[1]} : 2'b00;
  assign out_valid_o = valid_q[1];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (en) valid_q <= {valid_q[0], both};
  end

  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_lane
      localparam int AAt = (ALanes == 1 ? 0 : i) * AWidth;
      localparam int BAt = ALanes * AWidth + (BLanes == 1 ? 0 : i) * BWidth;
      logic signed [ASpan-1:0] a;
      logic signed [BSpan-1:0] b;
      logic signed [ExactWidth-1:0] exact, exact_q;
      logic [OutWidth-1:0] result, result_q;
      if (ASigned) begin : gen_a_signed
        assign a = in_data_i[AAt+:AWidth];
      end else begin : gen_a_unsigned
        assign a = {1'b0, in_data_i[AAt+:AWidth]};
      end
      if (BSigned) begin : gen_b_signed
        assign b = in_data_i[BAt+:BWidth];
      end else begin : gen_b_unsigned
        assign b = {1'b0, in_data_i[BAt+:BWidth]};
      end
      if (Operation == Multiply) begin : gen_multiply
        assign exact = a * b;
      end else begin : gen_aligned
        logic signed [ExactWidth-1:0] wide_a, wide_b;
        assign wide_a = ExactWidth'(a) <<< AShift;
        assign wide_b = ExactWidth'(b) <<< BShift;
        if (Operation == Maximum) begin : gen_maximum
          assign exact = wide_a > wide_b ? wide_a : wide_b;
        end else if (Operation == Minimum) begin : gen_minimum
          assign exact = wide_a < wide_b ? wide_a : wide_b;
        end else if (Operation == 1) begin : gen_subtract
          assign exact = wide_a - wide_b;
        end else begin : gen_add
          assign exact = wide_a + wide_b;
        end
      end
      always_ff @(posedge clk_i) if (en && both) exact_q <= exact;
      acc_requant #(
          .InWidth(ExactWidth),
          .InFraction(ExactFraction),
          .InSigned(1),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(OutSigned),
          .Rounding(OutRounding),
          .Overflow(OutOverflow)
      ) u_requant (
          .in_i (exact_q),
          .out_o(result)
      );
      always_ff @(posedge clk_i) if (en && valid_q[0]) result_q <= result;
      assign out_data_o[i*OutWidth+:OutWidth] = result_q;
    end
  endgenerate

  if (Operation < 0 || Operation > 5 || (ALanes != Lanes && ALanes != 1) || (BLanes != Lanes && BLanes != 1)) begin : gen_bad
    initial $fatal(1, "acc_merge: Operation must be 0 to 5, ALanes and BLanes must be Lanes or 1");
  end

endmodule
