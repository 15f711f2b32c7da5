// AXI4-Stream output: extends each lane to whole bytes and marks the last beat of a frame with TLAST.
//
// Lane k of TDATA stands in [k*LaneBits +: LaneBits], sign-extended (zero-extended where not Signed). Combinational but for the
// beat counter.

module acc_axis_out #(
    parameter int Lanes    = 2,  // elements of a beat
    parameter int LaneBits = 8,  // bits of a lane in TDATA
    parameter int Width    = 6,  // bits of an element
    parameter bit Signed   = 1,  // whether it is signed
    parameter int Beats    = 4   // beats of a frame
) (
    input  logic                      clk_i,
    input  logic                      rst_ni,
    input  logic                      in_valid_i,
    output logic                      in_ready_o,
    input  logic [   Lanes*Width-1:0] in_data_i,
    output logic                      m_axis_tvalid,
    input  logic                      m_axis_tready,
    output logic [Lanes*LaneBits-1:0] m_axis_tdata,
    output logic                      m_axis_tlast
);

  localparam int CountWidth = $clog2(Beats + 1);

  logic [CountWidth-1:0] beat_q;
  assign m_axis_tlast  = beat_q == CountWidth'(Beats - 1);
  assign m_axis_tvalid = in_valid_i;
  assign in_ready_o    = m_axis_tready;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) beat_q <= '0;
    else if (in_valid_i && m_axis_tready) beat_q <= m_axis_tlast ? '0 : beat_q + 1'b1;
  end

  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_lane
      if (LaneBits > Width) begin : gen_pad
        assign m_axis_tdata[i*LaneBits+:LaneBits] = {
          {(LaneBits - Width) {Signed && in_data_i[i*Width+Width-1]}}, in_data_i[i*Width+:Width]
        };
      end else begin : gen_whole
        assign m_axis_tdata[i*LaneBits+:LaneBits] = in_data_i[i*Width+:Width];
      end
    end
  endgenerate

  if (LaneBits < Width || Lanes < 1) begin : gen_bad
    initial $fatal(1, "acc_axis_out: a lane of TDATA must hold an element, and there must be one");
  end

endmodule
