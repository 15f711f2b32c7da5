// The words of each frame in another order, as when the axes of a tensor change places.
//
// A memory of two frames: one comes in while the other goes out. Words come in one behind the other, and go out in nested loops, each
// with a step of its own.
// Latency: 3 cycles from a frame's last word to its first one out, as a register stands behind the memory; frames follow one
// another without a bubble. Words come in as long as a frame of the memory is free. Does not: reorder what is in a word.

module acc_permute #(
    parameter int Width = 8,  // bits of a word
    parameter int Words = 4,  // words of a frame
    parameter int Axes = 2,  // loops over a frame as it goes out
    parameter logic [32*Axes-1:0] Sizes = {32'd2, 32'd2},  // how often each goes round, at least twice; the innermost lowest
    // how far behind a word the next one lies where a loop goes on and all inside it begin again; the innermost lowest
    parameter logic [32*Axes-1:0] Steps = {-32'd1, 32'd2}
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

  localparam int AddressWidth = $clog2(2 * Words);
  localparam logic [AddressWidth-1:0] Middle = AddressWidth'(Words - 1);
  localparam logic [AddressWidth-1:0] Last = AddressWidth'(2 * Words - 1);

  function automatic int product();
    product = 1;
    for (int i = 0; i < Axes; i++) product *= int'(Sizes[32*i+:32]);
  endfunction

  // full_q: frames that are in the memory as a whole; write_q, read_q: where the next word comes in, and goes out.
  logic [1:0] full_q, valid_q;
  logic [AddressWidth-1:0] write_q, read_q, step;
  logic en, reads, writes, fills, drains;
  assign en = !valid_q[1] || out_ready_i;
  assign reads = en && full_q != 2'd0;
  assign in_ready_o = full_q != 2'd2;
  assign writes = in_valid_i && in_ready_o;
  assign fills = writes && (write_q == Middle || write_q == Last);
  assign out_valid_o = valid_q[1];

  // last_q: a loop is at its end; goes: all inside it are, so that it goes on with the next read; ends: all are.
  logic [Axes-1:0] last_q, goes;
  logic ends;
  always_comb begin
    ends = 1'b1;
    step = AddressWidth'(1);
    for (int i = 0; i < Axes; i++) begin
      goes[i] = ends;
      if (ends && !last_q[i]) step = AddressWidth'(Steps[32*i+:32]);
      ends = ends && last_q[i];
    end
  end
  assign drains = reads && ends;

  generate
    for (genvar i = 0; i < Axes; i++) begin : gen_loop
      localparam int Size = int'(Sizes[32*i+:32]);
      localparam int CountWidth = (Size > 1) ? $clog2(Size) : 1;
      logic [CountWidth-1:0] count_q, count_d;
      assign count_d = last_q[i] ? '0 : count_q + 1'b1;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) begin
          count_q   <= '0;
          last_q[i] <= 1'b0;
        end else if (reads && goes[i]) begin
          count_q   <= count_d;
          last_q[i] <= count_d == CountWidth'(Size - 1);
        end
      end
      if (Size < 2) begin : gen_bad
        initial $fatal(1, "acc_permute: every loop must go round at least twice");
      end
    end
  endgenerate

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      full_q  <= '0;
      write_q <= '0;
      read_q  <= '0;
      valid_q <= '0;
    end else begin
      full_q <= full_q + 2'(fills) - 2'(drains);
      if (writes) write_q <= (write_q == Last) ? '0 : write_q + 1'b1;
      if (reads) read_q <= (read_q == Last) ? '0 : read_q + step;
      if (en) valid_q <= {valid_q[0], reads};
    end
  end

  (* ram_style = 2 * Words > 64 ? "block" : "auto" *)
  logic [Width-1:0] memory[0:2*Words-1];
  logic [Width-1:0] word_q, out_q;
  always_ff @(posedge clk_i) begin
    if (writes) memory[write_q] <= in_data_i;
    if (reads) word_q <= memory[read_q];
    if (en && valid_q[0]) out_q <= word_q;
  end
  assign out_data_o = out_q;

  if (Width < 1 || product() != Words) begin : gen_bad
    initial $fatal(1, "acc_permute: Width must be positive and the Sizes make Words");
  end

endmodule
