// Shift register: out_o is in_i of Cycles enabled cycles ago. Not reset.

module acc_delay #(
    parameter int Width  = 8,  // bits
    parameter int Cycles = 2   // 0 or more
) (
    input  logic             clk_i,
    input  logic             en_i,
    input  logic [Width-1:0] in_i,
    output logic [Width-1:0] out_o
);

  generate
    if (Cycles == 0) begin : gen_wire
      assign out_o = in_i;
      logic unused;
      assign unused = &{1'b0, clk_i, en_i};
    end else begin : gen_registers
      logic [Cycles*Width-1:0] shift_q;
      always_ff @(posedge clk_i) if (en_i) shift_q <= (Cycles * Width)'({shift_q, in_i});
      assign out_o = shift_q[(Cycles-1)*Width+:Width];
    end
  endgenerate

endmodule
