// Streams beats from a file through the design and writes down every beat that comes out; for Icarus, without cocotb.
//
// in.hex holds one beat a line. out.txt gets one line a beat: data in hexadecimal digits, TLAST, whether valid dropped or data
// changed while the beat waited, and the cycles since the transfer of the first input beat. Plusargs: frames, in_beats,
// out_beats; idle and stall, the percent of the cycles in which source and sink do nothing; seed; limit, the cycles without a
// transfer after which it gives up.
//
// Macros: TOP, IN_BITS, OUT_BITS and the ports' names as accel/sim/drive.py defines them.
`timescale 1ns / 1ps
module plain_bench;

  localparam int ResetCycles = 8;
  localparam int DrainCycles = 256;

  integer frames, in_beats, out_beats, idle, stall, seed, limit;
  integer source, sink, code;
  integer sent = 0, received = 0, first = 0, quiet = 0, drain = 0, cycle = -ResetCycles;

  logic clock = 0, reset = `RESET_ACTIVE;
  logic in_valid = 0, in_last = 0, out_ready = 0;
  logic in_ready, out_valid, out_last;
  logic [`IN_BITS-1:0] in_data, next_data;
  logic [`OUT_BITS-1:0] out_data, held;
  logic waiting = 0, unstable = 0;

  `TOP dut (
    .`CLOCK(clock),
    .`RESET(reset),
    .`IN_DATA(in_data),
    .`IN_VALID(in_valid),
    .`IN_READY(in_ready),
`ifdef IN_LAST
    .`IN_LAST(in_last),
`endif
`ifdef OUT_LAST
    .`OUT_LAST(out_last),
`endif
    .`OUT_DATA(out_data),
    .`OUT_VALID(out_valid),
    .`OUT_READY(out_ready)
  );

`ifndef OUT_LAST
  assign out_last = 1'b0;
`endif

  initial begin
    code = $value$plusargs("frames=%d", frames);
    code = $value$plusargs("in_beats=%d", in_beats);
    code = $value$plusargs("out_beats=%d", out_beats);
    code = $value$plusargs("idle=%d", idle);
    code = $value$plusargs("stall=%d", stall);
    code = $value$plusargs("seed=%d", seed);
    code = $value$plusargs("limit=%d", limit);
    source = $fopen("in.hex", "r");
    sink = $fopen("out.txt", "w");
    forever #5 clock = !clock;
  end

  task automatic offer;
    if (sent < frames * in_beats && {$random(seed)} % 100 >= idle) begin
      code = $fscanf(source, "%h", next_data);
      in_data <= next_data;
      in_last <= sent % in_beats == in_beats - 1;
      in_valid <= 1'b1;
    end else begin
      in_valid <= 1'b0;
    end
  endtask

  // Everything sampled here has its value from before the edge.
  always @(posedge clock) begin
    cycle = cycle + 1;
    if (cycle < 0) begin
      reset <= `RESET_ACTIVE;
    end else begin
      reset <= !`RESET_ACTIVE;
      out_ready <= {$random(seed)} % 100 >= stall;
      quiet = quiet + 1;
      if (in_valid && in_ready === 1'b1) begin
        if (sent == 0) first = cycle;
        sent = sent + 1;
        quiet = 0;
        offer;
      end else if (!in_valid) begin
        offer;
      end
      if (waiting && (out_valid !== 1'b1 || out_data !== held)) unstable = 1'b1;
      waiting = out_valid === 1'b1 && !out_ready;
      if (waiting) held = out_data;
      if (out_valid === 1'b1 && out_ready) begin
        $fdisplay(sink, "%h %b %b %0d", out_data, out_last, unstable, cycle - first);
        unstable = 1'b0;
        received = received + 1;
        quiet = 0;
      end
      if (received >= frames * out_beats && sent == frames * in_beats) drain = drain + 1;
      if (quiet >= limit || drain >= DrainCycles) begin
        $fclose(sink);
        $display("cycles %0d", cycle);
        $finish;
      end
    end
  end

endmodule
