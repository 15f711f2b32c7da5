// Writes down every beat that a stream transfers. For simulation only.
//
// A passive tap: at each rising edge of clk_i with valid_i and ready_i high, out of reset, data_i is appended to File as
// one line of hexadecimal digits, most significant first. The file is created empty at time zero, in the folder the
// simulator runs in.
//
// It drives nothing, adds no latency and does not check the protocol. Where SYNTHESIS is defined the module does not exist.
`ifndef SYNTHESIS
module acc_stream_trace #(
  parameter int Width = 8,             // bits of a beat
  parameter     File  = "stream.beats" // name of the file
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             valid_i,
  input logic             ready_i,
  input logic [Width-1:0] data_i
);

  if (Width < 1) begin : gen_bad
    initial $fatal(1, "acc_stream_trace: Width must be at least 1");
  end

  integer file;
  initial file = $fopen(File, "w");

  always @(posedge clk_i) begin
    if (rst_ni && valid_i && ready_i) $fwrite(file, "%h\n", data_i);
  end

endmodule
`endif
