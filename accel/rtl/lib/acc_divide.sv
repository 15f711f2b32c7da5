// Division of each element by a constant, or by one of a table for each beat of a frame, toward zero as C++ divides, by long division:
// some bits of the quotients a cycle.
//
//   out[i] = requantise(trunc(x[i] / Divisor))
//
// A negative dividend becomes the positive one x + Divisor - 1 + (Divisor << (Bits - 1)), whose quotient, rounded down, is that of x with
// its sign bit flipped. A step brings the next bit of the dividend to the rest, takes the divisor away if it fits, and shifts the
// quotient's bit into the place that became free. No multiplier: of each element a register and a subtraction as long as the divisor.
//
// A beat is held for Cycles and taken in the last of them; latency from there 3 cycles (last steps, quotient, requantise). Of
// InWidth - floor(log2(Smallest)) bits, ceil(that / Cycles) are found a cycle. Stops while its output beat waits. Divisors of a table are
// read two beats ahead.

module acc_divide #(
    parameter int Lanes       = 2,  // elements of a beat
    parameter int Divisor     = 9,  // at least 2; of a table the largest
    parameter int Smallest    = Divisor,  // the least one
    parameter int Frame       = 1,  // beats of a frame, each with its own divisor; 1: all have the same
    parameter int First       = Divisor,  // that of a frame's first beat
    parameter DivisorFile     = "",  // those of all its beats, where they differ
    parameter int Cycles      = 3,  // cycles of a beat
    parameter int InWidth     = 12, // bits of an input element
    parameter int InFraction  = 4,  // its fractional bits
    parameter bit InSigned    = 1,  // whether it is signed
    parameter int OutWidth    = 8,  // bits of an output element
    parameter int OutFraction = 4,  // its fractional bits
    parameter bit OutSigned   = 1,  // whether it is signed
    parameter int OutRounding = 0,  // its rounding, code of acc_pkg
    parameter int OutOverflow = 0   // its overflow, code of acc_pkg
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

  localparam int Log = $clog2(Smallest + 1) - 1;  // floor(log2(Smallest))
  localparam int Least = InWidth > Log ? InWidth - Log : 1;
  localparam int Held = Cycles > 0 ? Cycles : 1;
  localparam int Steps = (Least + Held - 1) / Held;  // of a cycle
  localparam int Bits = Steps * Held;  // of a quotient
  localparam int RestWidth = Divisor > 2 ? $clog2(Divisor) : 1;
  localparam int DividendWidth = RestWidth + Bits;
  localparam int DivisorWidth = RestWidth + 1;
  localparam int CountWidth = $clog2(Held + 1);

  logic en, go, last, load, step;
  logic [CountWidth-1:0] count_q;
  logic taken_q, quotient_valid_q, out_valid_q;
  assign en = !out_valid_q || out_ready_i;
  assign go = en && in_valid_i;
  assign last = count_q == CountWidth'(Held - 1);
  assign load = go && count_q == '0;
  assign step = go && count_q != '0;
  assign in_ready_o = en && last;
  assign out_valid_o = out_valid_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q <= '0;
      taken_q <= 1'b0;
      quotient_valid_q <= 1'b0;
      out_valid_q <= 1'b0;
    end else if (en) begin
      if (in_valid_i) count_q <= last ? '0 : count_q + 1'b1;
      taken_q <= in_valid_i && last;
      quotient_valid_q <= taken_q;
      out_valid_q <= quotient_valid_q;
    end
  end

  // divisor_next: of the beat that is loaded; divisor: of the one whose quotient is found.
  logic [DivisorWidth-1:0] divisor_next, divisor;
  generate
    if (Frame > 1) begin : gen_table
      localparam int AddressWidth = $clog2(Frame);
      (* rom_style = Frame > 64 ? "block" : "auto" *)
      logic [DivisorWidth-1:0] rom[0:Frame-1];
      logic [DivisorWidth-1:0] ahead_q, next_q, divisor_q;
      logic [AddressWidth-1:0] address_q, address_d;
      initial if (DivisorFile != "") $readmemh(DivisorFile, rom);
      always_comb begin
        address_d = address_q;
        if (!rst_ni) address_d = AddressWidth'(1);
        else if (load) address_d = (address_q == AddressWidth'(Frame - 1)) ? '0 : address_q + 1'b1;
      end
      always_ff @(posedge clk_i) begin
        address_q <= address_d;
        if (load || !rst_ni) ahead_q <= rom[address_d];
        if (!rst_ni) next_q <= DivisorWidth'(First);
        else if (load) next_q <= ahead_q;
        if (load) divisor_q <= next_q;
      end
      assign divisor_next = next_q;
      assign divisor = divisor_q;
    end else begin : gen_constant
      assign divisor_next = DivisorWidth'(Divisor);
      assign divisor = DivisorWidth'(Divisor);
    end
  endgenerate

  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_lane
      logic [InWidth-1:0] x;
      logic [DividendWidth-1:0] dividend;
      logic [RestWidth-1:0] rest_q, rest;
      logic [Bits-1:0] word_q, word, quotient_q, quotient;
      logic [RestWidth:0] high;
      logic fits;
      logic [OutWidth-1:0] result, result_q;
      assign x = in_data_i[i*InWidth+:InWidth];
      if (InSigned) begin : gen_signed
        logic [DividendWidth-1:0] above, below;
        assign above = DividendWidth'(divisor_next) << (Bits - 1);
        assign below = above + DividendWidth'(divisor_next - 1'b1);
        assign dividend = DividendWidth'($signed(x)) + (x[InWidth-1] ? below : above);
        assign quotient = quotient_q ^ (Bits'(1) << (Bits - 1));
      end else begin : gen_unsigned
        assign dividend = DividendWidth'(x);
        assign quotient = quotient_q;
      end
      always_comb begin
        rest = rest_q;
        word = word_q;
        high = '0;
        fits = 1'b0;
        for (int k = 0; k < Steps; k++) begin
          high = {rest, word[Bits-1]};
          fits = high >= divisor;
          rest = RestWidth'(fits ? high - divisor : high);
          word = Bits'({word, fits});
        end
      end
      always_ff @(posedge clk_i) begin
        if (load) {rest_q, word_q} <= dividend;
        else if (step) {rest_q, word_q} <= {rest, word};
        if (en && taken_q) quotient_q <= word;
      end
      acc_requant #(
          .InWidth(Bits),
          .InFraction(InFraction),
          .InSigned(InSigned),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(OutSigned),
          .Rounding(OutRounding),
          .Overflow(OutOverflow)
      ) u_requant (
          .in_i (quotient),
          .out_o(result)
      );
      always_ff @(posedge clk_i) if (en && quotient_valid_q) result_q <= result;
      assign out_data_o[i*OutWidth+:OutWidth] = result_q;
    end
  endgenerate

  if (Divisor < 2 || Smallest < 1 || Smallest > Divisor || Frame < 1 || Cycles < 1 || Lanes < 1) begin : gen_bad
    initial $fatal(1, "acc_divide: Divisor must be at least 2, Smallest between 1 and it, Frame, Cycles and Lanes at least 1");
  end

endmodule
