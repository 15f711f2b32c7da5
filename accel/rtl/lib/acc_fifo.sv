// First-in first-out stream buffer of Depth beats. in_ready_o is a register: no path leads to it from out_ready_i.
//
// Latency: 1 cycle. Throughput: one beat per cycle. Data order is kept; nothing is computed.

module acc_fifo #(
    parameter int Width = 8,  // bits of a beat
    parameter int Depth = 2   // beats held, at least 2
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

  localparam int Words = Depth > 1 ? Depth - 1 : 1;
  localparam int CountWidth = $clog2(Words + 1);
  localparam int LutWords = 64;  // of a memory in look-up tables

  // front is the beat on offer; the others that had to wait follow it in the memory.
  logic front_valid_q, ready_q;
  logic [Width-1:0] front_q, oldest;
  logic [CountWidth-1:0] waiting_q, waiting_d;
  logic push, load, empty, store, fetch;

  assign push = in_valid_i && ready_q;
  assign load = out_ready_i || !front_valid_q;
  assign empty = waiting_q == '0;
  assign store = push && !(load && empty);
  assign fetch = load && !empty;
  assign waiting_d = waiting_q + CountWidth'(store) - CountWidth'(fetch);
  assign in_ready_o = ready_q;
  assign out_valid_o = front_valid_q;
  assign out_data_o = front_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      front_valid_q <= 1'b0;
      waiting_q <= '0;
      ready_q <= 1'b1;
    end else begin
      if (load) front_valid_q <= push || !empty;
      waiting_q <= waiting_d;
      ready_q   <= waiting_d != CountWidth'(Words);
    end
    if (load && (push || !empty)) front_q <= empty ? in_data_i : oldest;
  end

  generate
    if (Words == 1) begin : gen_register
      logic [Width-1:0] back_q;
      assign oldest = back_q;
      always_ff @(posedge clk_i) if (store) back_q <= in_data_i;
    end else begin : gen_memory
      localparam int AtWidth = $clog2(Words);
      logic [Width-1:0] memory[0:Words-1];
      logic [AtWidth-1:0] write_q, read_q, read_d;
      assign read_d = !fetch ? read_q : read_q == AtWidth'(Words - 1) ? '0 : read_q + 1'b1;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) begin
          write_q <= '0;
          read_q  <= '0;
        end else begin
          if (store) write_q <= write_q == AtWidth'(Words - 1) ? '0 : write_q + 1'b1;
          read_q <= read_d;
        end
        if (store) memory[write_q] <= in_data_i;
      end
      if (Words > LutWords) begin : gen_ahead
        // Read a cycle ahead, as a block RAM is; a word that is written at that moment goes past it.
        logic past_q;
        logic [Width-1:0] read_data_q, past_data_q;
        assign oldest = past_q ? past_data_q : read_data_q;
        always_ff @(posedge clk_i) begin
          read_data_q <= memory[read_d];
          past_q      <= store && write_q == read_d;
          if (store) past_data_q <= in_data_i;
        end
      end else begin : gen_at_once
        assign oldest = memory[read_q];
      end
    end
  endgenerate

  if (Depth < 2 || Width < 1) begin : gen_bad
    initial $fatal(1, "acc_fifo: Depth must be at least 2, Width at least 1");
  end

endmodule
