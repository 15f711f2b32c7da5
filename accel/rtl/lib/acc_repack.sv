// Regroups a stream of elements into beats of another size: Gather input beats become one output beat, or one input beat becomes
// Split output beats. Order is kept: the first element is lowest.
//
// Latency: gathering, 1 cycle behind the last input beat; splitting, 1 cycle to the first slice.

module acc_repack #(
    parameter int InBits = 16,  // bits of an input beat
    parameter int Gather = 1,   // input beats of one output beat
    parameter int Split  = 2    // output beats of one input beat; Gather or Split is 1
) (
    input  logic                           clk_i,
    input  logic                           rst_ni,
    input  logic                           in_valid_i,
    output logic                           in_ready_o,
    input  logic [             InBits-1:0] in_data_i,
    output logic                           out_valid_o,
    input  logic                           out_ready_i,
    output logic [InBits*Gather/Split-1:0] out_data_o
);

  localparam int Beats = Gather > Split ? Gather : Split;
  localparam int CountWidth = $clog2(Beats + 1);
  localparam int OutBits = InBits * Gather / Split;

  logic [CountWidth-1:0] count_q;
  logic step, last;
  assign last = count_q == CountWidth'(Beats - 1);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) count_q <= '0;
    else if (step) count_q <= last ? '0 : count_q + 1'b1;
  end

  generate
    if (Gather > 1) begin : gen_gather
      logic valid_q;
      logic [OutBits-1:0] beats_q;
      assign in_ready_o = !valid_q || out_ready_i;
      assign step = in_valid_i && in_ready_o;
      assign out_valid_o = valid_q;
      assign out_data_o = beats_q;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) valid_q <= 1'b0;
        else if (in_ready_o) valid_q <= step && last;
        if (step) beats_q <= {in_data_i, beats_q[OutBits-1:InBits]};
      end
    end else begin : gen_split
      logic valid_q;
      logic [InBits-1:0] slices_q;
      assign in_ready_o = !valid_q || (out_ready_i && last);
      assign step = valid_q && out_ready_i;
      assign out_valid_o = valid_q;
      assign out_data_o = slices_q[OutBits-1:0];
      always_ff @(posedge clk_i) begin
        if (!rst_ni) valid_q <= 1'b0;
        else if (in_ready_o) valid_q <= in_valid_i;
        if (in_ready_o && in_valid_i) slices_q <= in_data_i;
        else if (step) slices_q <= slices_q >> OutBits;
      end
    end
  endgenerate

  if ((Gather != 1 && Split != 1) || InBits % Split != 0) begin : gen_bad
    initial $fatal(1, "acc_repack: one of Gather and Split must be 1, and Split divide InBits");
  end

endmodule
