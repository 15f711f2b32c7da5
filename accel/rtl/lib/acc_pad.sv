// Zeros around a frame of pixels, row by row: OutHeight x OutWidth beats, of which Height x Width are the input's.
//
// A frame begins when its first pixel is offered; the zeros before that one come first. Latency: 1 cycle. One output beat per
// cycle; stops while that waits.

module acc_pad #(
    parameter int PixelWidth = 8,  // bits of a pixel
    parameter int Height     = 3,  // rows of the input
    parameter int Width      = 4,  // columns of the input
    parameter int Top        = 1,  // rows of zeros above
    parameter int Left       = 1,  // columns of zeros left
    parameter int OutHeight  = 5,  // rows of the output
    parameter int OutWidth   = 6   // columns of the output
) (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    input  logic                  in_valid_i,
    output logic                  in_ready_o,
    input  logic [PixelWidth-1:0] in_data_i,
    output logic                  out_valid_o,
    input  logic                  out_ready_i,
    output logic [PixelWidth-1:0] out_data_o
);

  localparam int RowWidth = $clog2(OutHeight + 1);
  localparam int ColWidth = $clog2(OutWidth + 1);

  logic en, framed, starts, emit, valid_q, last_col;
  logic [RowWidth-1:0] row_q;
  logic [ColWidth-1:0] col_q;
  logic [PixelWidth-1:0] pixel_q;
  assign en = !valid_q || out_ready_i;
  assign framed = int'(row_q) >= Top && int'(row_q) < Top + Height && int'(col_q) >= Left && int'(col_q) < Left + Width;
  assign starts = row_q == '0 && col_q == '0;
  assign emit = in_valid_i || !(framed || starts);
  assign last_col = col_q == ColWidth'(OutWidth - 1);
  assign in_ready_o = en && framed;
  assign out_valid_o = valid_q;
  assign out_data_o = pixel_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      row_q   <= '0;
      col_q   <= '0;
      valid_q <= 1'b0;
    end else if (en) begin
      valid_q <= emit;
      if (emit) begin
        col_q <= last_col ? '0 : col_q + 1'b1;
        if (last_col) row_q <= (row_q == RowWidth'(OutHeight - 1)) ? '0 : row_q + 1'b1;
      end
    end
    if (en && emit) pixel_q <= framed ? in_data_i : '0;
  end

  if (Top + Height > OutHeight || Left + Width > OutWidth || Height < 1 || Width < 1) begin : gen_bad
    initial $fatal(1, "acc_pad: the input must lie within the output");
  end

endmodule
