// Pooling of a stream of pixels over windows that do not overlap: the maximum or the mean, channel by channel.
//
//   max:  out[c] = requantise(max_t cast(x[t, c]))
//   mean: out[c] = requantise((sum_t cast(x[t, c])) / Taps), sum wrapping, division toward zero, Taps a power of two
//
// Without Divide the mean's sum itself is put out, for acc_divide.
// The cast to the accumulator rounds by AccRounding and follows AccOverflow. A pixel joins its window's partial result when it
// arrives, so a window is one accumulator, not its pixels: the running one in a register, those of the other windows in the same
// rows in a memory of a word each. Rows and columns that fill no window are dropped.
//
// Latency from the last pixel of a window to its output beat: 3 cycles (cast, accumulate, requantise). One pixel per cycle; stops
// while its output beat waits.
// Data layout: channel c in in_data_i[c*InWidth +: InWidth], pixels row by row.

module acc_pool #(
    parameter int Height      = 5,  // rows of a frame
    parameter int Width       = 7,  // columns of a frame
    parameter int PoolHeight  = 2,  // rows of a window
    parameter int PoolWidth   = 2,  // columns of a window
    parameter int Channels    = 2,  // channels
    parameter bit Mean        = 0,  // mean, else maximum
    parameter bit Divide      = 1,  // a mean is divided, else it is a sum
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
    input  logic                         clk_i,
    input  logic                         rst_ni,
    input  logic                         in_valid_i,
    output logic                         in_ready_o,
    input  logic [ Channels*InWidth-1:0] in_data_i,
    output logic                         out_valid_o,
    input  logic                         out_ready_i,
    output logic [Channels*OutWidth-1:0] out_data_o
);

  localparam int Taps = PoolHeight * PoolWidth;
  localparam int Shift = $clog2(Taps);
  localparam int Across = Width / PoolWidth;  // windows side by side
  localparam int Down = Height / PoolHeight;
  localparam int WordBits = Channels * AccWidth;
  localparam int RowWidth = $clog2(Height + 1);
  localparam int ColWidth = $clog2(Width + 1);

  logic en, done;
  logic [2:0] valid_q;
  assign en = !valid_q[2] || out_ready_i;
  assign in_ready_o = en;
  assign out_valid_o = valid_q[2];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (en) valid_q <= {valid_q[1], valid_q[0] && done, in_valid_i};
  end

  // Where the pixel behind the cast is: in the frame, and in its window.
  logic [RowWidth-1:0] row_q, tap_row_q;
  logic [ColWidth-1:0] col_q, tap_col_q;
  logic top_q, left_q, row_covered_q, col_covered_q;  // first row and column of the window; rows and columns that some window has
  logic last_row, last_col, last_tap_row, last_tap_col, covered, take;
  assign last_row = row_q == RowWidth'(Height - 1);
  assign last_col = col_q == ColWidth'(Width - 1);
  assign last_tap_row = tap_row_q == RowWidth'(PoolHeight - 1);
  assign last_tap_col = tap_col_q == ColWidth'(PoolWidth - 1);
  assign covered = row_covered_q && col_covered_q;
  assign done = covered && last_tap_row && last_tap_col;
  assign take = en && valid_q[0] && covered;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      row_q <= '0;
      tap_row_q <= '0;
      col_q <= '0;
      tap_col_q <= '0;
      top_q <= 1'b1;
      left_q <= 1'b1;
      row_covered_q <= 1'b1;
      col_covered_q <= 1'b1;
    end else if (en && valid_q[0]) begin
      col_q <= last_col ? '0 : col_q + 1'b1;
      tap_col_q <= (last_col || last_tap_col) ? '0 : tap_col_q + 1'b1;
      left_q <= last_col || last_tap_col;
      col_covered_q <= last_col || (col_covered_q && col_q != ColWidth'(Across * PoolWidth - 1));
      if (last_col) begin
        row_q <= last_row ? '0 : row_q + 1'b1;
        tap_row_q <= (last_row || last_tap_row) ? '0 : tap_row_q + 1'b1;
        top_q <= last_row || last_tap_row;
        row_covered_q <= last_row || (row_covered_q && row_q != RowWidth'(Down * PoolHeight - 1));
      end
    end
  end

  // Flipping the sign bits turns a signed comparison into an unsigned one.
  localparam logic [AccWidth-1:0] Flip = AccSigned ? AccWidth'(1) << (AccWidth - 1) : '0;
  logic [WordBits-1:0] partial, joined, running_q;
  logic first;
  assign first = top_q && left_q;
  generate
    for (genvar c = 0; c < Channels; c++) begin : gen_channel
      logic [AccWidth-1:0] pixel, pixel_q, sofar, both;
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
          .in_i (in_data_i[c*InWidth+:InWidth]),
          .out_o(pixel)
      );
      assign sofar = partial[c*AccWidth+:AccWidth];
      if (Mean) begin : gen_sum
        assign both = sofar + pixel_q;
      end else begin : gen_larger
        assign both = (sofar ^ Flip) >= (pixel_q ^ Flip) ? sofar : pixel_q;
      end
      assign joined[c*AccWidth+:AccWidth] = first ? pixel_q : both;
      always_ff @(posedge clk_i) begin
        if (en && in_valid_i) pixel_q <= pixel;
        if (take) running_q[c*AccWidth+:AccWidth] <= joined[c*AccWidth+:AccWidth];
      end
    end

    if (PoolHeight == 1 || Across <= 1) begin : gen_one
      assign partial = running_q;
    end else begin : gen_line
      localparam int AtWidth = $clog2(Across);
      // The word of the window ahead is read when a window's row ends.
      (* ram_style = Across > 64 ? "block" : "auto" *)
      logic [WordBits-1:0] line[0:Across-1];
      logic [WordBits-1:0] ahead_q;
      logic [AtWidth-1:0] at_q, next;  // which window of the row
      assign next = at_q == AtWidth'(Across - 1) ? '0 : at_q + 1'b1;
      assign partial = left_q ? ahead_q : running_q;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) at_q <= '0;
        else if (take && last_tap_col) at_q <= next;
        if (take && last_tap_col) begin
          line[at_q] <= joined;
          ahead_q <= line[next];
        end
      end
    end

    for (genvar c = 0; c < Channels; c++) begin : gen_result
      logic [AccWidth-1:0] total, reduced;
      logic [OutWidth-1:0] result, result_q;
      assign total = running_q[c*AccWidth+:AccWidth];
      if (!Mean || !Divide) begin : gen_total
        assign reduced = total;
      end else if (AccSigned) begin : gen_signed_mean
        // Adding Taps - 1 to a negative sum makes the shift round toward zero; one more bit keeps it from wrapping.
        localparam int BiasedWidth = (AccWidth > Shift ? AccWidth : Shift) + 1;
        logic signed [BiasedWidth-1:0] biased;
        assign biased  = BiasedWidth'($signed(total)) + (total[AccWidth-1] ? BiasedWidth'(Taps - 1) : '0);
        assign reduced = AccWidth'(biased >>> Shift);
      end else begin : gen_mean
        assign reduced = total >> Shift;
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
      always_ff @(posedge clk_i) if (en && valid_q[1]) result_q <= result;
      assign out_data_o[c*OutWidth+:OutWidth] = result_q;
    end
  endgenerate

  if (Across < 1 || Down < 1) begin : gen_small
    initial $fatal(1, "acc_pool: the window must be no larger than the frame");
  end
  if (Mean && Divide && (1 << Shift) != Taps) begin : gen_bad
    initial $fatal(1, "acc_pool: the mean needs a power of two of taps");
  end

endmodule
