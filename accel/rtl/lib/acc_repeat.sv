// Blocks of Words beats of a stream, each of them Times times.
//
// Latency: 1 cycle. One output beat per cycle; takes input during the first pass of a block only; stops while its output beat waits.

module acc_repeat #(
    parameter int Width = 8,  // bits of a beat
    parameter int Words = 1,  // beats of a block
    parameter int Times = 2   // how often it is sent
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

  localparam int WordWidth = Words > 1 ? $clog2(Words) : 1;
  localparam int TimeWidth = Times > 1 ? $clog2(Times) : 1;

  logic en, first, goes, last_word, valid_q;
  logic [WordWidth-1:0] word_q;
  logic [TimeWidth-1:0] time_q;
  logic [Width-1:0] data_q, again;
  assign en = !valid_q || out_ready_i;
  assign first = time_q == '0;
  assign goes = en && (in_valid_i || !first);
  assign last_word = word_q == WordWidth'(Words - 1);
  assign in_ready_o = en && first;
  assign out_valid_o = valid_q;
  assign out_data_o = data_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      word_q  <= '0;
      time_q  <= '0;
    end else begin
      if (en) valid_q <= goes;
      if (goes) begin
        word_q <= last_word ? '0 : word_q + 1'b1;
        if (last_word) time_q <= time_q == TimeWidth'(Times - 1) ? '0 : time_q + 1'b1;
      end
    end
    if (goes) data_q <= first ? in_data_i : again;
  end

  generate
    if (Words == 1) begin : gen_held
      assign again = data_q;
    end else begin : gen_memory
      logic [Width-1:0] memory[0:Words-1];
      assign again = memory[word_q];
      always_ff @(posedge clk_i) if (goes && first) memory[word_q] <= in_data_i;
    end
  endgenerate

  if (Width < 1 || Words < 1 || Times < 2) begin : gen_bad
    initial $fatal(1, "acc_repeat: Width and Words must be at least 1, Times at least 2");
  end

endmodule
