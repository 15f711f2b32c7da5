// Sliding window over a stream of pixels: line buffer, shift registers, padding by masks.
//
// One input beat is a pixel of PixelWidth bits (all channels), row by row. One output beat is a whole window: tap (i, j) of
// KernelHeight x KernelWidth in bits [(i*KernelWidth+j)*PixelWidth +: PixelWidth]; taps outside the frame are Pad. A window is
// made for every StrideHeight-th row and StrideWidth-th column, OutHeight x OutWidth in all.
//
// Of the taps only those are put out that Kept names, in order: Taps of them.
//
// The pixels form one endless stream through a delay line. The anchor is the pixel that lies Lag shifts behind the newest; the
// window's top left tap is the pixel (PadTop, PadLeft) above and left of the anchor. Padding costs no cycle: the rows and columns
// that a window would take from a neighbouring row or frame are masked. Behind the last pixel of a frame the next frame's pixels
// push the last windows out; where none is there, empty shifts do.
//
// Latency: the window of anchor a is there one cycle after shift a + Lag. One shift per cycle at most.
// It does not dilate.

module acc_window #(
    parameter int Height       = 6,  // rows of a frame
    parameter int Width        = 5,  // columns of a frame
    parameter int PixelWidth   = 8,  // bits of a pixel
    parameter int KernelHeight = 3,  // rows of the window
    parameter int KernelWidth  = 3,  // columns of the window
    parameter int StrideHeight = 1,  // rows from window to window
    parameter int StrideWidth  = 1,  // columns from window to window
    parameter int PadTop       = 1,  // rows of zeros above the frame
    parameter int PadLeft      = 1,  // columns of zeros left of the frame
    parameter int OutHeight    = 6,  // rows of windows
    parameter int OutWidth     = 5,  // columns of windows
    parameter logic [PixelWidth-1:0] Pad = '0,  // a pixel outside the frame
    parameter int Taps = KernelHeight * KernelWidth,  // taps that are put out
    parameter logic [KernelHeight*KernelWidth-1:0] Kept = '1  // which these are
) (
    input  logic                                           clk_i,
    input  logic                                           rst_ni,
    input  logic                                           in_valid_i,
    output logic                                           in_ready_o,
    input  logic [                         PixelWidth-1:0] in_data_i,
    output logic                                           out_valid_o,
    input  logic                                           out_ready_i,
    output logic [                    Taps*PixelWidth-1:0] out_data_o
);

  localparam int Lag = (KernelHeight - 1 - PadTop) * Width + KernelWidth - 1 - PadLeft;
  localparam int RowWidth = $clog2(Height + 1);
  localparam int ColWidth = $clog2(Width + 1);
  localparam int PosWidth = $clog2(Height * Width + 1);
  localparam int ColumnBits = KernelHeight * PixelWidth;
  localparam logic [RowWidth-1:0] LastRow = RowWidth'(Height - 1);
  localparam logic [ColWidth-1:0] LastCol = ColWidth'(Width - 1);
  // Where a row or column of the anchor is compared, signed and with the window's outside.
  localparam int RowSpan = $clog2(Height + KernelHeight + 1) + 1;
  localparam int ColSpan = $clog2(Width + KernelWidth + 1) + 1;
  localparam logic signed [RowSpan-1:0] LastHitRow = RowSpan'((OutHeight - 1) * StrideHeight);
  localparam logic signed [ColSpan-1:0] LastHitCol = ColSpan'((OutWidth - 1) * StrideWidth);

  logic can_shift, shift, accept;
  logic [PosWidth-1:0] pos_q;  // pixels of the current frame taken so far
  logic between_q;  // none
  logic [PosWidth-1:0] lead_q;  // shifts until the anchor enters the current frame
  logic active_q, active_d;  // the anchor lies in a frame
  logic [RowWidth-1:0] row_q, row_d;  // where the anchor is
  logic [ColWidth-1:0] col_q, col_d;
  logic starts, begins, last_pixel, last_col, valid_q, valid_d;

  assign can_shift = !valid_q || out_ready_i;
  assign in_ready_o = can_shift;
  assign accept = can_shift && in_valid_i;
  // Without a pixel, shift only between frames and only while windows are still inside.
  assign shift = accept || (can_shift && between_q && active_q);
  assign starts = accept && between_q;
  assign begins = (Lag == 0) ? starts : (shift && lead_q == PosWidth'(1));

  assign last_pixel = pos_q == PosWidth'(Height * Width - 1);
  assign last_col = col_q == LastCol;

  always_comb begin
    row_d = row_q;
    col_d = col_q;
    active_d = active_q;
    if (begins) begin
      row_d = '0;
      col_d = '0;
      active_d = 1'b1;
    end else if (active_q) begin
      if (!last_col) begin
        col_d = col_q + 1'b1;
      end else begin
        col_d = '0;
        row_d = row_q + 1'b1;
        active_d = row_q != LastRow;
      end
    end
  end

  // Windows lie on every stride-th anchor. All flags of the anchor to come follow from where it is now, and not from where it will be.
  logic signed [RowSpan-1:0] row;
  logic signed [ColSpan-1:0] col;
  logic row_hit, col_hit;
  assign row = RowSpan'(row_q);
  assign col = ColSpan'(col_q);
  generate
    if (StrideHeight == 1 && OutHeight == Height) begin : gen_each_row
      assign row_hit = 1'b1;
    end else begin : gen_row_stride
      logic [RowWidth-1:0] phase_q;
      logic row_hit_q, wraps;
      assign wraps = phase_q == RowWidth'(StrideHeight - 1);
      assign row_hit = begins || (last_col ? wraps && row < LastHitRow : row_hit_q);
      always_ff @(posedge clk_i) begin
        if (shift) row_hit_q <= row_hit;
        if (shift && begins) phase_q <= '0;
        else if (shift && last_col) phase_q <= wraps ? '0 : phase_q + 1'b1;
      end
    end
    if (StrideWidth == 1 && OutWidth == Width) begin : gen_each_col
      assign col_hit = 1'b1;
    end else begin : gen_col_stride
      logic [ColWidth-1:0] phase_q;
      logic wraps;
      assign wraps = phase_q == ColWidth'(StrideWidth - 1);
      assign col_hit = begins || last_col || (wraps && col < LastHitCol);
      always_ff @(posedge clk_i) if (shift) phase_q <= (begins || last_col || wraps) ? '0 : phase_q + 1'b1;
    end
  endgenerate

  assign valid_d = active_d && row_hit && col_hit;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      pos_q <= '0;
      between_q <= 1'b1;
      lead_q <= '0;
      active_q <= 1'b0;
      row_q <= '0;
      col_q <= '0;
      valid_q <= 1'b0;
    end else if (can_shift) begin
      valid_q <= shift && valid_d;
      if (accept) pos_q <= last_pixel ? '0 : pos_q + 1'b1;
      if (accept) between_q <= last_pixel;
      if (starts) lead_q <= PosWidth'(Lag);
      else if (shift && lead_q != '0) lead_q <= lead_q - 1'b1;
      if (shift) begin
        active_q <= active_d;
        row_q <= row_d;
        col_q <= col_d;
      end
    end
  end

  // One column of the window: the newest pixel at the bottom, those of the rows above from the line buffer.
  logic [ColumnBits-1:0] column;
  generate
    if (KernelHeight == 1) begin : gen_one_row
      assign column = in_data_i;
    end else begin : gen_lines
      localparam int LineBits = (KernelHeight - 1) * PixelWidth;
      logic [LineBits-1:0] above_q;
      assign column = {in_data_i, above_q};
      if (Width == 1) begin : gen_register
        always_ff @(posedge clk_i) if (shift) above_q <= column[ColumnBits-1-:LineBits];
      end else begin : gen_memory
        (* ram_style = Width > 64 ? "block" : "auto" *)
        logic [LineBits-1:0] line[0:Width-1];
        logic [ColWidth-1:0] at_q, next;
        assign next = (at_q == LastCol) ? '0 : at_q + 1'b1;
        // Reads run one shift ahead, so that the memory has an output register.
        always_ff @(posedge clk_i) begin
          if (!rst_ni) at_q <= '0;
          else if (shift) at_q <= next;
          if (shift) begin
            line[at_q] <= column[ColumnBits-1-:LineBits];
            above_q <= line[next];
          end
        end
      end
    end
  endgenerate

  // The taps move one column to the left; they change as one vector, which event-driven simulators are glad of.
  logic [KernelHeight*KernelWidth*PixelWidth-1:0] window_q, window_d, keep;
  always_comb begin
    window_d = window_q >> PixelWidth;
    for (int i = 0; i < KernelHeight; i++) begin
      window_d[((i+1)*KernelWidth-1)*PixelWidth+:PixelWidth] = column[i*PixelWidth+:PixelWidth];
    end
  end
  always_ff @(posedge clk_i) if (shift) window_q <= window_d;

  // Taps that some window has outside the frame are masked there: a row and a column flag each. The others cost nothing.
  logic [KernelHeight-1:0] row_ok;
  logic [KernelWidth-1:0] col_ok;
  generate
    for (genvar i = 0; i < KernelHeight; i++) begin : gen_row
      localparam int From = PadTop - i;  // anchors for which it lies in the frame
      localparam int To = PadTop - i + Height;
      if (From > 0 || (OutHeight - 1) * StrideHeight >= To) begin : gen_mask
        logic in_frame, ok_q;
        assign in_frame = (From < 2 || row >= RowSpan'(From - 1)) && (To > Height || row < RowSpan'(To - 1));
        always_ff @(posedge clk_i) begin
          if (shift && begins) ok_q <= From <= 0;
          else if (shift && last_col) ok_q <= in_frame;
        end
        assign row_ok[i] = ok_q;
      end else begin : gen_inside
        assign row_ok[i] = 1'b1;
      end
    end
    for (genvar j = 0; j < KernelWidth; j++) begin : gen_col
      localparam int From = PadLeft - j;
      localparam int To = PadLeft - j + Width;
      if (From > 0 || (OutWidth - 1) * StrideWidth >= To) begin : gen_mask
        logic in_frame, ok_q;
        assign in_frame = (From < 2 || col >= ColSpan'(From - 1)) && (To > Width || col < ColSpan'(To - 1));
        always_ff @(posedge clk_i) if (shift) ok_q <= (begins || last_col) ? From <= 0 && To > 0 : in_frame;
        assign col_ok[j] = ok_q;
      end else begin : gen_inside
        assign col_ok[j] = 1'b1;
      end
    end
  endgenerate
  always_comb begin
    for (int i = 0; i < KernelHeight; i++) begin
      for (int j = 0; j < KernelWidth; j++) begin
        keep[(i*KernelWidth+j)*PixelWidth+:PixelWidth] = {PixelWidth{row_ok[i] && col_ok[j]}};
      end
    end
  end

  logic [KernelHeight*KernelWidth*PixelWidth-1:0] padded;
  assign padded = (window_q & keep) | ({KernelHeight * KernelWidth{Pad}} & ~keep);

  // Taps before one that are put out.
  function automatic int place(input int tap);
    place = 0;
    for (int k = 0; k < tap; k++) place += int'(Kept[k]);
  endfunction
  generate
    for (genvar t = 0; t < KernelHeight * KernelWidth; t++) begin : gen_tap
      if (Kept[t]) begin : gen_kept
        assign out_data_o[place(t)*PixelWidth+:PixelWidth] = padded[t*PixelWidth+:PixelWidth];
      end else begin : gen_left_out
        logic unused;
        assign unused = &{1'b0, padded[t*PixelWidth+:PixelWidth]};
      end
    end
  endgenerate
  assign out_valid_o = valid_q;

  if (PadTop >= KernelHeight || PadLeft >= KernelWidth || Lag >= Height * Width) begin : gen_bad
    initial $fatal(1, "acc_window: padding must be smaller than the kernel, and the kernel no larger than the frame");
  end

endmodule
