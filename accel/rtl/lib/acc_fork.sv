// Fork of a stream: each of Ways readers takes a beat when it can; the next one is on offer once all have.
//
// Latency: none, the data is wired past it. Throughput: one beat per cycle. No path leads from a reader's ready to any valid.

module acc_fork #(
    parameter int Ways = 2  // readers, at least 2
) (
    input  logic            clk_i,
    input  logic            rst_ni,
    input  logic            in_valid_i,
    output logic            in_ready_o,
    output logic [Ways-1:0] out_valid_o,
    input  logic [Ways-1:0] out_ready_i
);

  // Who has the beat on offer already.
  logic [Ways-1:0] done_q;

  assign out_valid_o = in_valid_i ? ~done_q : '0;
  assign in_ready_o  = &(out_ready_i | done_q);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) done_q <= '0;
    else if (in_valid_i) done_q <= in_ready_o ? '0 : done_q | out_ready_i;
  end

  if (Ways < 2) begin : gen_bad
    initial $fatal(1, "acc_fork: Ways must be at least 2");
  end

endmodule
