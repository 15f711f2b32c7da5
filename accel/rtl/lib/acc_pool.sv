// Pooling of one window per beat: the maximum or the mean over its taps, channel by channel.
//
//   max:  out[c] = requantise(max_t cast(x[t, c]))
//   mean: out[c] = requantise((sum_t cast(x[t, c])) / Taps), sum wrapping, division toward zero, Taps a power of two
//
// The cast to the accumulator rounds by AccRounding and follows AccOverflow. Latency: ceil(log2(Taps)) + 1 cycles for the maximum,
// ceil(log3(Taps)) + 1 for the mean. One window per cycle; stops while its output beat waits.
// Data layout: tap t, channel c in in_data_i[(t*Channels+c)*InWidth +: InWidth].

module acc_pool #(
    parameter int Taps        = 4,  // elements of a window per channel
    parameter int Channels    = 2,  // channels
    parameter bit Mean        = 0,  // mean, else maximum
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

  localparam int Levels = Mean ? acc_pkg::tree_levels(Taps) : $clog2(Taps);
  localparam int Shift = $clog2(Taps);

  logic en;
  logic [Levels:0] valid_q;
  assign en = !valid_q[Levels] || out_ready_i;
  assign in_ready_o = en;
  assign out_valid_o = valid_q[Levels];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (en) valid_q <= (Levels + 1)'({valid_q, in_valid_i});
  end

  generate
    for (genvar c = 0; c < Channels; c++) begin : gen_channel
      logic [Taps*AccWidth-1:0] terms;
      logic [AccWidth-1:0] reduced;
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
      if (Mean) begin : gen_mean
        logic [AccWidth-1:0] sum;
        acc_adder_tree #(
            .Terms(Taps),
            .Width(AccWidth)
        ) u_tree (
            .clk_i,
            .en_i(en),
            .terms_i(terms),
            .sum_o(sum)
        );
        if (AccSigned) begin : gen_signed
          // Adding Taps - 1 to a negative sum makes the shift round toward zero; one more bit keeps it from wrapping.
          logic signed [AccWidth:0] biased;
          logic unused;
          assign biased = {sum[AccWidth-1], sum} + (sum[AccWidth-1] ? (AccWidth + 1)'(Taps - 1) : '0);
          assign {unused, reduced} = biased >>> Shift;
        end else begin : gen_unsigned
          assign reduced = sum >> Shift;
        end
      end else begin : gen_max
        acc_max_tree #(
            .Terms (Taps),
            .Width (AccWidth),
            .Signed(AccSigned)
        ) u_tree (
            .clk_i,
            .en_i(en),
            .terms_i(terms),
            .max_o(reduced)
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
          .in_i (reduced),
          .out_o(result)
      );
      always_ff @(posedge clk_i) if (en) result_q <= result;
      assign out_data_o[c*OutWidth+:OutWidth] = result_q;
    end
  endgenerate

  if (Mean && (1 << Shift) != Taps) begin : gen_bad
    initial $fatal(1, "acc_pool: the mean needs a power of two of taps");
  end

endmodule
