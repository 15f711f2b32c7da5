// A part of a frame of pixels, row by row: of Height x Width beats those OutHeight x OutWidth from (Top, Left) on.
//
// Latency: 1 cycle. One input beat per cycle; stops while its output beat waits.

module acc_crop #(
    parameter int PixelWidth = 8,  // bits of a pixel
    parameter int Height     = 5,  // rows of the input
    parameter int Width      = 6,  // columns of the input
    parameter int Top        = 1,  // rows dropped above
    parameter int Left       = 1,  // columns dropped left
    parameter int OutHeight  = 3,  // rows of the output
    parameter int OutWidth   = 4   // columns of the output
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

  localparam int RowWidth = $clog2(Height + 1);
  localparam int ColWidth = $clog2(Width + 1);

  logic en, kept, valid_q, last_col;
  logic [RowWidth-1:0] row_q;
  logic [ColWidth-1:0] col_q;
  logic [PixelWidth-1:0] pixel_q;
  assign en = !valid_q || out_ready_i;
  assign kept = int'(row_q) >= Top && int'(row_q) < Top + OutHeight && int'(col_q) >= Left && int'(col_q) < Left + OutWidth;
  assign last_col = col_q == ColWidth'(Width - 1);
  assign in_ready_o = en;
  assign out_valid_o = valid_q;
  assign out_data_o = pixel_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      row_q   <= '0;
      col_q   <= '0;
      valid_q <= 1'b0;
    end else if (en) begin
      valid_q <= in_valid_i && kept;
      if (in_valid_i) begin
        col_q <= last_col ? '0 : col_q + 1'b1;
        if (last_col) row_q <= (row_q == RowWidth'(Height - 1)) ? '0 : row_q + 1'b1;
      end
    end
    if (en && in_valid_i) pixel_q <= in_data_i;
  end

  if (Top + OutHeight > Height || Left + OutWidth > Width || OutHeight < 1 || OutWidth < 1) begin : gen_bad
    initial $fatal(1, "acc_crop: the output must lie within the input");
  end

endmodule
