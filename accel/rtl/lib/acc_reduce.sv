// Maximum or sum of the taps of a window side by side, channel by channel.
//
//   maximum: out[c] = requantise(max_t cast(x[t, c]))
//   sum:     out[c] = requantise(sum_t cast(x[t, c])), wrapping in the accumulator
//
// The cast to the accumulator rounds by AccRounding and follows AccOverflow.
//
// Latency: 1 (cast) + ceil(log2(Taps)) for a maximum or ceil(log3(Taps)) for a sum + 1 (requantise) cycles. One window per cycle; stops
// while its output beat waits.
// Data layout: channel c of tap t in in_data_i[(t*Channels+c)*InWidth +: InWidth], as acc_window has it.

module acc_reduce #(
    parameter int Taps        = 9,  // taps of a window
    parameter int Channels    = 2,  // channels
    parameter bit Sum         = 0,  // sum, else maximum
    parameter int InWidth     = 8,  // bits of an input element
    parameter int InFraction  = 4,  // its fractional bits
    parameter bit InSigned    = 1,  // whether it is signed
    parameter int AccWidth    = 8,  // bits of the accumulator
    parameter int AccFraction = 4,  // its fractional bits
    parameter bit AccSigned   = 1,  // whether it is signed
    parameter int AccRounding = 0,  // its rounding, code of acc_pkg
    parameter int AccOverflow = 0,  // its overflow, code of acc_pkg
    parameter int OutWidth    = 8,  // bits of an output element
    parameter int OutFraction = 4,  // its fractional bits
    parameter bit OutSigned   = 1,  // whether it is signed
    parameter int OutRounding = 0,  // its rounding, code of acc_pkg
    parameter int OutOverflow = 0   // its overflow, code of acc_pkg
) (
    input  logic                             clk_i,
    input  logic                             rst_ni,
    input  logic                             in_valid_i,
    output logic                             in_ready_o,
    input  logic [Taps*Channels*InWidth-1:0] in_data_i,
    output logic                             out_valid_o,
    input  logic                             out_ready_i,
    output logic [    Channels*OutWidth-1:0] out_data_o
);

  localparam int Levels = Sum ? acc_pkg::tree_levels(Taps) : $clog2(Taps);
  localparam int Enables = Levels > 0 ? Levels : 1;

  logic en;
  logic [Levels+1:0] valid_q;
  assign en = !valid_q[Levels+1] || out_ready_i;
  assign in_ready_o = en;
  assign out_valid_o = valid_q[Levels+1];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (en) valid_q <= {valid_q[Levels:0], in_valid_i};
  end

  generate
    for (genvar c = 0; c < Channels; c++) begin : gen_channel
      logic [Taps*AccWidth-1:0] terms, terms_q;
      logic [AccWidth-1:0] total;
      logic [OutWidth-1:0] result, result_q;
      for (genvar t = 0; t < Taps; t++) begin : gen_tap
        acc_requant #(
            .InWidth(InWidth),
            .InFraction(InFraction),
            .InSigned(InSigned),
            .OutWidth(AccWidth),
            .OutFraction(AccFraction),
            .OutSigned(AccSigned),
            .Rounding(AccRounding),
            .Overflow(AccOverflow)
        ) u_cast (
            .in_i (in_data_i[(t*Channels+c)*InWidth+:InWidth]),
            .out_o(terms[t*AccWidth+:AccWidth])
        );
      end
      always_ff @(posedge clk_i) if (en && in_valid_i) terms_q <= terms;
      if (Sum) begin : gen_sum
        acc_adder_tree #(
            .Terms(Taps),
            .Width(AccWidth)
        ) u_tree (
            .clk_i,
            .en_i(valid_q[Enables-1:0] & {Enables{en}}),
            .terms_i(terms_q),
            .sum_o(total)
        );
      end else begin : gen_max
        acc_max_tree #(
            .Terms (Taps),
            .Width (AccWidth),
            .Signed(AccSigned)
        ) u_tree (
            .clk_i,
            .en_i(en),
            .terms_i(terms_q),
            .max_o(total)
        );
      end
      acc_requant #(
          .InWidth(AccWidth),
          .InFraction(AccFraction),
          .InSigned(AccSigned),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(OutSigned),
          .Rounding(OutRounding),
          .Overflow(OutOverflow)
      ) u_requant (
          .in_i (total),
          .out_o(result)
      );
      always_ff @(posedge clk_i) if (en && valid_q[Levels]) result_q <= result;
      assign out_data_o[c*OutWidth+:OutWidth] = result_q;
    end
  endgenerate

  if (Taps < 1 || Channels < 1) begin : gen_bad
    initial $fatal(1, "acc_reduce: Taps and Channels must be at least 1");
  end

endmodule
