// Two-entry stream buffer that cuts the combinational path from out_ready_i to in_ready_o.
//
// Latency: 1 cycle. Throughput: one beat per cycle. Data order is kept; nothing is computed.

module acc_spill #(
    parameter int Width = 8  // bits of a beat
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

  // front holds the beat on offer, back the one that arrived while front had to wait.
  logic front_valid_q, back_valid_q;
  logic [Width-1:0] front_q, back_q;
  logic push, pop;

  assign push = in_valid_i && in_ready_o;
  assign pop = out_valid_o && out_ready_i;
  assign in_ready_o = !back_valid_q;
  assign out_valid_o = front_valid_q;
  assign out_data_o = front_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      front_valid_q <= 1'b0;
      back_valid_q  <= 1'b0;
    end else if (pop || !front_valid_q) begin
      front_valid_q <= back_valid_q || push;
      back_valid_q  <= 1'b0;
    end else if (push) begin
      back_valid_q <= 1'b1;
    end
    if (pop || !front_valid_q) front_q <= back_valid_q ? back_q : in_data_i;
    if (push) back_q <= in_data_i;
  end

endmodule
