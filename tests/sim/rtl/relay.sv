// Sends on each beat one clock later, for the tests of the drivers: Width bits a beat.
module relay #(
  parameter int Width = 8 // bits of a beat
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [Width-1:0] s_axis_tdata,
  input  logic             s_axis_tvalid,
  output logic             s_axis_tready,
  input  logic             s_axis_tlast,
  output logic [Width-1:0] m_axis_tdata,
  output logic             m_axis_tvalid,
  input  logic             m_axis_tready,
  output logic             m_axis_tlast
);

  assign s_axis_tready = !m_axis_tvalid || m_axis_tready;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) m_axis_tvalid <= 1'b0;
    else if (s_axis_tready) m_axis_tvalid <= s_axis_tvalid;
    if (s_axis_tready && s_axis_tvalid) begin
      m_axis_tdata <= s_axis_tdata;
      m_axis_tlast <= s_axis_tlast;
    end
  end

endmodule
