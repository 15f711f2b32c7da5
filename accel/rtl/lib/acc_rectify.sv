// Assignment of one fixed-point type to another behind an optional ReLU: out = requantise(Relu ? max(in, 0) : in).
//
// Latency: none, combinational. Data: one raw integer each way.
// Does not: more than acc_requant does for a number that has no sign any more.

module acc_rectify #(
    parameter bit Relu        = 1,  // a negative number becomes zero first
    parameter int InWidth     = 8,  // bits of the source
    parameter int InFraction  = 4,  // its fractional bits
    parameter bit InSigned    = 1,  // whether it is signed
    parameter int OutWidth    = 8,  // the same of the destination
    parameter int OutFraction = 4,
    parameter bit OutSigned   = 1,
    parameter int Rounding    = 0,  // code of acc_pkg
    parameter int Overflow    = 0   // code of acc_pkg
) (
    input  logic [ InWidth-1:0] in_i,
    output logic [OutWidth-1:0] out_o
);

  localparam bit Signed = InSigned && !Relu;
  localparam int Shift = OutFraction - InFraction;
  // verilator lint_off UNUSEDSIGNAL
  logic [InWidth-1:0] value;  // of which wiring may drop bits
  // verilator lint_on UNUSEDSIGNAL
  generate
    if (Relu && InSigned) begin : gen_relu
      assign value = in_i[InWidth-1] ? '0 : in_i;
    end else begin : gen_pass
      assign value = in_i;
    end

    // Wiring is written as such for the simulators, too.
    if (Shift == 0 && OutWidth <= InWidth && acc_pkg::wiring(
            InWidth - (InSigned && !Signed ? 1 : 0), InFraction, Signed, OutWidth, OutFraction, OutSigned, Rounding, Overflow
        )) begin : gen_wires
      assign out_o = value[OutWidth-1:0];
    end else begin : gen_cast
      acc_requant #(
          .InWidth(InWidth),
          .InFraction(InFraction),
          .InSigned(InSigned),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(OutSigned),
          .Rounding(Rounding),
          .Overflow(Overflow)
      ) u_requant (
          .in_i (value),
          .out_o
      );
    end
  endgenerate

endmodule
