// AXI4-Stream input: takes each lane's low bits out of its byte-padded place. Combinational.
//
// Lane k of TDATA stands in [k*LaneBits +: LaneBits]; its upper LaneBits - Width bits are ignored. Frames are counted, not
// delimited: there is no TLAST.

module acc_axis_in #(
    parameter int Lanes    = 2,  // elements of a beat
    parameter int LaneBits = 8,  // bits of a lane in TDATA
    parameter int Width    = 6   // bits of an element
) (
    input  logic                      s_axis_tvalid,
    output logic                      s_axis_tready,
    input  logic [Lanes*LaneBits-1:0] s_axis_tdata,
    output logic                      out_valid_o,
    input  logic                      out_ready_i,
    output logic [   Lanes*Width-1:0] out_data_o
);

  assign out_valid_o   = s_axis_tvalid;
  assign s_axis_tready = out_ready_i;

  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_lane
      assign out_data_o[i*Width+:Width] = s_axis_tdata[i*LaneBits+:Width];
      if (LaneBits > Width) begin : gen_padding
        logic unused;
        assign unused = &{1'b0, s_axis_tdata[i*LaneBits+Width+:LaneBits-Width]};
      end
    end
  endgenerate

  if (LaneBits < Width || Lanes < 1) begin : gen_bad
    initial $fatal(1, "acc_axis_in: a lane of TDATA must hold an element, and there must be one");
  end

endmodule
