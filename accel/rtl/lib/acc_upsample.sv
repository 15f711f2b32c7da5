// Each pixel Columns times and each row of Width pixels Rows times (nearest upsampling; of a single pixel, a repeated vector).
//
// A pixel is shown as it arrives, and taken with its last column; from the second time on, a row comes out of a memory of one row.
// Latency: 1 cycle. One output beat per cycle; stops while that waits.

module acc_upsample #(
    parameter int PixelWidth = 8,  // bits of a pixel
    parameter int Width      = 3,  // pixels of a row
    parameter int Rows       = 2,  // times that a row comes
    parameter int Columns    = 2   // times that a pixel comes in it
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

  localparam int RowWidth = $clog2(Rows + 2);
  localparam int ColWidth = $clog2(Width + 2);
  localparam int TimeWidth = $clog2(Columns + 2);

  logic en, fresh, emit, go, valid_q, last_time, last_col, last_row;
  logic [RowWidth-1:0] row_q;  // times that the row came
  logic [ColWidth-1:0] col_q, col_d;  // which pixel of it
  logic [TimeWidth-1:0] time_q;  // times that the pixel came
  logic [PixelWidth-1:0] pixel_q, old;
  assign en = !valid_q || out_ready_i;
  assign fresh = row_q == '0;
  assign emit = in_valid_i || !fresh;
  assign go = en && emit;
  assign last_time = time_q == TimeWidth'(Columns - 1);
  assign last_col = col_q == ColWidth'(Width - 1);
  assign last_row = row_q == RowWidth'(Rows - 1);
  assign col_d = !last_time ? col_q : last_col ? '0 : col_q + 1'b1;
  assign in_ready_o = en && fresh && last_time;
  assign out_valid_o = valid_q;
  assign out_data_o = pixel_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      row_q   <= '0;
      col_q   <= '0;
      time_q  <= '0;
      valid_q <= 1'b0;
    end else if (en) begin
      valid_q <= emit;
      if (emit) begin
        time_q <= last_time ? '0 : time_q + 1'b1;
        col_q  <= col_d;
        if (last_time && last_col) row_q <= last_row ? '0 : row_q + 1'b1;
      end
    end
    if (go) pixel_q <= fresh ? in_data_i : old;
  end

  generate
    if (Rows == 1) begin : gen_once
      assign old = in_data_i;
    end else if (Width <= 1) begin : gen_register
      logic [PixelWidth-1:0] old_q;
      always_ff @(posedge clk_i) if (go && fresh) old_q <= in_data_i;
      assign old = old_q;
    end else begin : gen_memory
      localparam int AtWidth = $clog2(Width);
      (* ram_style = Width > 64 ? "block" : "auto" *)
      logic [PixelWidth-1:0] line[0:Width-1];
      logic [PixelWidth-1:0] ahead_q;
      // Read a beat ahead, so that the memory has an output register.
      always_ff @(posedge clk_i) begin
        if (go && fresh) line[AtWidth'(col_q)] <= in_data_i;
        if (go) ahead_q <= line[AtWidth'(col_d)];
      end
      assign old = ahead_q;
    end
  endgenerate

  if (Width < 1 || Rows < 1 || Columns < 1) begin : gen_bad
    initial $fatal(1, "acc_upsample: Width, Rows and Columns must be at least 1");
  end

endmodule
