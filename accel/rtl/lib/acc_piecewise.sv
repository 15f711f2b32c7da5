// Elementwise function of straight pieces: ReLU with its limits and slopes, hard sigmoid, binary and ternary tanh.
//
//   piece = how many of Bounds are at most x;  out = one of: its Value, requant(x), requant(x * scale + Offset)
//
// Latency: 2 cycles (product and comparison, cast), one more with Beats > 1; II 1; stops while its output beat waits. A multiplier per
// lane where a piece is scaled. The scales are constants of the lanes, or with Beats > 1 a word of ScaleFile for each beat of a frame,
// read a word ahead, so that a register stands between the memory and the multipliers.
// Data: lane i in in_data_i[i*InWidth +: InWidth]. It does not check that Bounds ascend.

module acc_piecewise #(
    parameter int Lanes = 4,  // elements of a beat
    parameter int InWidth = 8,  // bits of an input element
    parameter int InFraction = 4,  // its fractional bits
    parameter bit InSigned = 1,  // whether it is signed
    parameter int Pieces = 2,  // pieces
    parameter int BoundWidth = InWidth + 2,  // bits of a bound, signed: holds one more than the largest x
    parameter logic [Pieces*BoundWidth-1:0] Bounds = '0,  // raw x at which piece k + 1 begins; the last one is not read
    parameter logic [2*Pieces-1:0] Kinds = 4'b0100,  // 0: Value, 1: x, 2: x * scale + Offset; piece 0 low
    parameter int OutWidth = 8,  // bits of an output element
    parameter int OutFraction = 4,  // its fractional bits
    parameter bit OutSigned = 1,  // whether it is signed
    parameter int OutRounding = 0,  // its rounding, code of acc_pkg
    parameter int OutOverflow = 0,  // its overflow, code of acc_pkg
    parameter logic [Pieces*OutWidth-1:0] Values = '0,  // raw output of a piece of kind 0
    parameter int ScaleWidth = 8,  // bits of a scale
    parameter int ScaleFraction = 6,  // its fractional bits
    parameter bit ScaleSigned = 1,  // whether it is signed
    parameter logic [Lanes*ScaleWidth-1:0] Scale = '0,  // scales of the lanes
    parameter int OffsetWidth = 2,  // bits of Offset, signed
    parameter logic [OffsetWidth-1:0] Offset = '0,  // of InFraction + ScaleFraction fractional bits
    parameter int Beats = 1,  // beats of a frame where each has scales of its own
    parameter ScaleFile = ""  // those, a beat a line
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

  function automatic bit scaled();
    scaled = 0;
    for (int k = 0; k < Pieces; k++) if (Kinds[2*k+1]) scaled = 1;
  endfunction

  localparam bit Scaled = scaled();
  localparam bit Constant = Beats <= 1;
  localparam int Latency = Constant ? 2 : 3;
  localparam int InSpan = InWidth + (InSigned ? 0 : 1);
  localparam int ProductWidth = InSpan + ScaleWidth;
  localparam int SumWidth = (ProductWidth > OffsetWidth ? ProductWidth : OffsetWidth) + 1;

  logic en;
  logic [Latency-1:0] valid_q;
  assign en = !valid_q[Latency-1] || out_ready_i;
  assign in_ready_o = en;
  assign out_valid_o = valid_q[Latency-1];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else if (en) valid_q <= {valid_q[Latency-2:0], in_valid_i};
  end

  // Operands: straight from the beat and constant, or both registered.
  logic [Lanes*InWidth-1:0] beat;
  logic [Lanes*ScaleWidth-1:0] scales;
  logic go;
  generate
    if (Constant) begin : gen_constant
      assign beat = in_data_i;
      assign scales = Scale;
      assign go = en && in_valid_i;
    end else begin : gen_rom
      localparam int AddressWidth = $clog2(Beats);
      (* rom_style = Beats > 64 ? "block" : "auto" *)
      logic [Lanes*ScaleWidth-1:0] rom[0:Beats-1];
      logic [Lanes*ScaleWidth-1:0] ahead_q, scales_q;
      logic [Lanes*InWidth-1:0] beat_q;
      logic [AddressWidth-1:0] address_q, address_d;
      logic take;
      assign take = en && in_valid_i;
      initial if (ScaleFile != "") $readmemh(ScaleFile, rom);
      always_comb begin
        address_d = address_q;
        if (!rst_ni) address_d = '0;
        else if (take) address_d = (address_q == AddressWidth'(Beats - 1)) ? '0 : address_q + 1'b1;
      end
      always_ff @(posedge clk_i) begin
        address_q <= address_d;
        if (take || !rst_ni) ahead_q <= rom[address_d];
        if (take) begin
          scales_q <= ahead_q;
          beat_q   <= in_data_i;
        end
      end
      assign beat = beat_q;
      assign scales = scales_q;
      assign go = en && valid_q[0];
    end
  endgenerate

  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_lane
      logic [InWidth-1:0] x, x_q;
      logic [Pieces-1:0] begun, begun_q;  // a piece whose bound x has reached; the first one has none
      logic [OutWidth-1:0] same, product, result, result_q;
      assign x = beat[i*InWidth+:InWidth];
      assign begun[0] = 1'b1;
      for (genvar k = 1; k < Pieces; k++) begin : gen_bound
        localparam logic [BoundWidth-1:0] Bound = Bounds[(k-1)*BoundWidth+:BoundWidth];
        logic signed [BoundWidth-1:0] wide;
        assign wide = {{2{InSigned && x[InWidth-1]}}, x};
        assign begun[k] = wide >= $signed(Bound);
      end
      always_ff @(posedge clk_i) begin
        if (go) begin
          x_q     <= x;
          begun_q <= begun;
        end
      end

      acc_requant #(
          .InWidth(InWidth),
          .InFraction(InFraction),
          .InSigned(InSigned),
          .OutWidth(OutWidth),
          .OutFraction(OutFraction),
          .OutSigned(OutSigned),
          .Rounding(OutRounding),
          .Overflow(OutOverflow)
      ) u_same (
          .in_i (x_q),
          .out_o(same)
      );

      if (Scaled) begin : gen_scaled
        logic signed [ProductWidth-1:0] product_q;
        logic signed [SumWidth-1:0] sum;
        acc_multiply #(
            .AWidth(InWidth),
            .ASigned(InSigned),
            .BWidth(ScaleWidth),
            .BSigned(ScaleSigned),
            .ProductFraction(InFraction + ScaleFraction),
            .OutWidth(ProductWidth),
            .OutFraction(InFraction + ScaleFraction)
        ) u_multiply (
            .clk_i,
            .en_i (go),
            .a_i  (x),
            .b_i  (scales[i*ScaleWidth+:ScaleWidth]),
            .out_o(product_q)
        );
        assign sum = SumWidth'(product_q) + SumWidth'($signed(Offset));
        acc_requant #(
            .InWidth(SumWidth),
            .InFraction(InFraction + ScaleFraction),
            .InSigned(1),
            .OutWidth(OutWidth),
            .OutFraction(OutFraction),
            .OutSigned(OutSigned),
            .Rounding(OutRounding),
            .Overflow(OutOverflow)
        ) u_scaled (
            .in_i (sum),
            .out_o(product)
        );
      end else begin : gen_unscaled
        assign product = '0;
        logic unused;
        assign unused = &{1'b0, scales};
      end

      always_comb begin
        result = '0;
        for (int k = 0; k < Pieces; k++) begin
          if (begun_q[k]) begin
            result = Kinds[2*k+1] ? product : Kinds[2*k] ? same : Values[k*OutWidth+:OutWidth];
          end
        end
      end
      always_ff @(posedge clk_i) if (en && valid_q[Latency-2]) result_q <= result;
      assign out_data_o[i*OutWidth+:OutWidth] = result_q;
    end
  endgenerate

  if (Lanes < 1 || Pieces < 2 || Beats < 1) begin : gen_bad
    initial $fatal(1, "acc_piecewise: Lanes and Beats must be positive, Pieces at least 2");
  end

endmodule
