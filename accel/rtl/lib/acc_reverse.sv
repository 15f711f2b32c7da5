// The beats of each frame in reverse order.
//
// One memory of a frame. A frame goes out from where the next one comes in: its last beat lies where the next frame's first one is
// written, so the addresses rise in one frame and fall in the next.
// Latency: 2 cycles from a frame's last beat to its first one out; frames follow one another without a bubble. Beats come in as long
// as there is room, and go out whatever comes in. Does not: reorder what is in a beat.

module acc_reverse #(
    parameter int Width = 8,  // bits of a beat
    parameter int Beats = 4   // beats of a frame
) (
    input  logic             clk_i,
    input  logic             rst_ni,
    input  logic             in_valid_i,
    output logic             in_ready_o,
    input  logic [Width-1:0] in_data_i,
    output logic             out_valid_o,
    input  logic             out_ready_i,
    output logic [Width-1:0] out_data_o
);

  localparam int AddressWidth = (Beats > 1) ? $clog2(Beats) : 1;
  localparam logic [AddressWidth-1:0] Last = AddressWidth'(Beats - 1);

  // write_q, read_q: the beat that comes in, and the one that goes out next while full_q, counted from the frame's start on either
  // side; rising_q: where beat k lies, at k or at Beats - 1 - k.
  logic [AddressWidth-1:0] write_q, read_q, write_at, read_at;
  logic full_q, rising_q, valid_q, reads, writes;
  assign reads = full_q && (!valid_q || out_ready_i);
  assign in_ready_o = !full_q || write_q < read_q || (write_q == read_q && reads);
  assign writes = in_valid_i && in_ready_o;
  assign out_valid_o = valid_q;
  assign write_at = rising_q ? write_q : Last - write_q;
  assign read_at = rising_q ? read_q : Last - read_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q  <= '0;
      read_q   <= '0;
      full_q   <= 1'b0;
      rising_q <= 1'b1;
      valid_q  <= 1'b0;
    end else begin
      if (reads) begin
        read_q <= (read_q == Last) ? '0 : read_q + 1'b1;
        if (read_q == Last) full_q <= 1'b0;
      end
      if (writes) begin
        write_q <= (write_q == Last) ? '0 : write_q + 1'b1;
        if (write_q == Last) begin
          full_q   <= 1'b1;
          rising_q <= !rising_q;
        end
      end
      if (reads) valid_q <= 1'b1;
      else if (out_ready_i) valid_q <= 1'b0;
    end
  end

  (* ram_style = Beats > 64 ? "block" : "auto" *)
  logic [Width-1:0] memory[0:Beats-1];
  logic [Width-1:0] beat_q;
  always_ff @(posedge clk_i) begin
    if (writes) memory[write_at] <= in_data_i;
    if (reads) beat_q <= memory[read_at];
  end
  assign out_data_o = beat_q;

  if (Width < 1 || Beats < 1) begin : gen_bad
    initial $fatal(1, "acc_reverse: Width and Beats must be positive");
  end

endmodule
