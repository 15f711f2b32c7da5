// Which lane of each beat has the largest element: Hot there (the first one, where several have), Cold in all others.
//
// Latency: ceil(log2(Lanes)) + 1 cycles; one beat per cycle; stops while its output beat waits.
// Data layout: lane i in in_data_i[i*InWidth +: InWidth].

module acc_argmax #(
    parameter int Lanes = 4,  // classes
    parameter int InWidth = 8,  // bits of an input element
    parameter bit InSigned = 1,  // whether it is signed
    parameter int OutWidth = 8,  // bits of an output element
    parameter logic [OutWidth-1:0] Hot = 1,  // output of the largest
    parameter logic [OutWidth-1:0] Cold = 0  // output of the others
) (
    input  logic                      clk_i,
    input  logic                      rst_ni,
    input  logic                      in_valid_i,
    output logic                      in_ready_o,
    input  logic [ Lanes*InWidth-1:0] in_data_i,
    output logic                      out_valid_o,
    input  logic                      out_ready_i,
    output logic [Lanes*OutWidth-1:0] out_data_o
);

  localparam int Levels = $clog2(Lanes);

  logic en, run;  // run: something is inside
  logic [Levels:0] valid_q;
  assign en = !valid_q[Levels] || out_ready_i;
  assign run = en && (in_valid_i || valid_q != '0);
  assign in_ready_o = en;
  assign out_valid_o = valid_q[Levels];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (en) valid_q <= (Levels + 1)'({valid_q, in_valid_i});
  end

  logic [InWidth-1:0] max;
  logic [Lanes*InWidth-1:0] waited;
  acc_max_tree #(
      .Terms (Lanes),
      .Width (InWidth),
      .Signed(InSigned)
  ) u_max (
      .clk_i,
      .en_i(run),
      .terms_i(in_data_i),
      .max_o(max)
  );
  acc_delay #(
      .Width (Lanes * InWidth),
      .Cycles(Levels)
  ) u_wait (
      .clk_i,
      .en_i(run),
      .in_i(in_data_i),
      .out_o(waited)
  );

  logic [Lanes-1:0] largest, hot_q;
  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_lane
      assign largest[i] = waited[i*InWidth+:InWidth] == max;
      assign out_data_o[i*OutWidth+:OutWidth] = hot_q[i] ? Hot : Cold;
    end
  endgenerate
  always_ff @(posedge clk_i) if (run) hot_q <= largest & (~largest + Lanes'(1));  // the lowest one that is set

  if (Lanes < 1) begin : gen_bad
    initial $fatal(1, "acc_argmax: Lanes must be positive");
  end

endmodule
