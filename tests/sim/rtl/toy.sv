// Two layers with a frame structure, for the tests of the simulators: y[j] = (x[2j] + c) + (x[2j+1] + c), lane by lane.
//
// InBeats beats of three signed 10-bit lanes come in, InBeats/2 of three signed 12-bit lanes go out, all padded to 16 bits;
// the constants c are in toy.mem. Latency InBeats + 1 cycles from the first input beat to the last output beat, II InBeats.
// Fault chooses what goes wrong: 1 beat 1 of each frame is dropped, 2 lanes 0 and 1 are swapped, 3 data changes while it
// waits, 4 TLAST one beat early, 5 a lane of beat 2 is unknown, 6 the second layer loses a carry in beat 3 of frame 1 on,
// 7 the padding is not sign-extended, 8 reset leaves the frame position.
module toy #(
  parameter int InBeats = 8, // beats of an input frame, even
  parameter int Fault   = 0  // what goes wrong
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [47:0] s_axis_tdata,
  input  logic        s_axis_tvalid,
  output logic        s_axis_tready,
  input  logic        s_axis_tlast,
  output logic [47:0] m_axis_tdata,
  output logic        m_axis_tvalid,
  input  logic        m_axis_tready,
  output logic        m_axis_tlast
);

  localparam int CountWidth = $clog2(InBeats);
  localparam int EarlyLast = (Fault == 4) ? 2 : 0;

  logic [9:0] constants[0:2];
  initial $readmemh("toy.mem", constants);

  logic en, add_valid_q, pair_valid_q, pair_last_q;
  logic [32:0] add_q;   // lanes of 11 bits
  logic [35:0] first_q; // the sums of the even beat
  logic [35:0] pair_q;
  logic [CountWidth-1:0] count_q;
  logic later_q;        // not in the first frame

  assign en = !pair_valid_q || m_axis_tready;
  assign s_axis_tready = en;

  logic drop, lose;
  assign drop = Fault == 1 && count_q == CountWidth'(3);
  assign lose = Fault == 6 && later_q && count_q == CountWidth'(7);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      add_valid_q <= 1'b0;
      pair_valid_q <= 1'b0;
      if (Fault != 8) count_q <= '0;
      later_q <= 1'b0;
    end else if (en) begin
      add_valid_q <= s_axis_tvalid;
      pair_valid_q <= add_valid_q && count_q[0] && !drop;
      if (add_valid_q) count_q <= (count_q == CountWidth'(InBeats - 1)) ? '0 : count_q + 1'b1;
      if (add_valid_q && count_q == CountWidth'(InBeats - 1)) later_q <= 1'b1;
    end
  end

  initial if (Fault == 8) count_q = '0;

  for (genvar k = 0; k < 3; k++) begin : gen_lane
    logic signed [9:0] x, c;
    logic signed [10:0] a;
    logic signed [11:0] sum;
    assign x = s_axis_tdata[k*16 +: 10];
    assign c = constants[k];
    assign a = add_q[k*11 +: 11];
    assign sum = 12'(a) + $signed(first_q[k*12 +: 12]);
    always_ff @(posedge clk_i) begin
      if (en && s_axis_tvalid) add_q[k*11 +: 11] <= 11'(x) + 11'(c);
      if (en && add_valid_q && !count_q[0]) first_q[k*12 +: 12] <= 12'(a);
      if (en && add_valid_q && count_q[0]) pair_q[k*12 +: 12] <= (lose && k == 1) ? sum ^ 12'd1 : sum;
    end
    localparam int Lane = (Fault == 2 && k < 2) ? 1 - k : k;
    logic signed [11:0] y;
    assign y = pair_q[k*12 +: 12];
    if (Fault == 7) begin : gen_zero
      assign m_axis_tdata[Lane*16 +: 16] = {4'b0, y};
    end else if (Fault == 5 && k == 2) begin : gen_unknown
      assign m_axis_tdata[Lane*16 +: 16] = (count_q == CountWidth'(6)) ? 16'bx : 16'(y);
    end else if (Fault == 3) begin : gen_moving
      logic [15:0] moved_q;
      always_ff @(posedge clk_i) moved_q <= (pair_valid_q && !m_axis_tready) ? moved_q + 1'b1 : '0;
      assign m_axis_tdata[Lane*16 +: 16] = 16'(y) ^ moved_q;
    end else begin : gen_lane_out
      assign m_axis_tdata[Lane*16 +: 16] = 16'(y);
    end
  end

  always_ff @(posedge clk_i) begin
    if (en && add_valid_q) pair_last_q <= count_q == CountWidth'(InBeats - 1 - EarlyLast);
  end

  assign m_axis_tvalid = pair_valid_q;
  assign m_axis_tlast = pair_last_q;

`ifdef ACC_TRACE
  acc_stream_trace #(.Width(33), .File("add.beats")) i_trace_add (
    .clk_i, .rst_ni, .valid_i(add_valid_q), .ready_i(en), .data_i(add_q)
  );
  acc_stream_trace #(.Width(36), .File("pair.beats")) i_trace_pair (
    .clk_i, .rst_ni, .valid_i(pair_valid_q), .ready_i(m_axis_tready), .data_i(pair_q)
  );
`endif

endmodule
