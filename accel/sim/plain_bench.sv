// Streams beats from files through the design and writes down every beat that comes out; for Icarus, without cocotb.
//
// in0.hex, in1.hex, ... hold one beat a line. out0.txt, ... get one line a beat: data in hexadecimal digits, TLAST, whether valid
// dropped or data changed while the beat waited, and the cycles since the first transfer at an input. Plusargs: frames; idle and
// stall, the percent of the cycles in which sources and sinks do nothing; seed; limit, the cycles without a transfer after which
// it gives up.
//
// Macros: RESET_ACTIVE; STREAMS, the file that accel/sim/plain.py writes: wires, a source or sink for each stream, and the design.
`timescale 1ns / 1ps

// One input: offers the beats of its file, one after the other.
module plain_source #(
    parameter     File  = "in0.hex",
    parameter int Bits  = 8,
    parameter int Beats = 1,
    parameter int Index = 0
) (
    input  logic            clock,
    input  logic            running,
    output logic            valid,
    input  logic            ready,
    output logic [Bits-1:0] data,
    output logic            last,
    output logic            moves,
    output logic            done
);

  integer frames, idle, seed, file, code, sent = 0;
  logic [Bits-1:0] next_data;

  assign moves = valid && ready === 1'b1;

  initial begin
    valid = 0;
    last  = 0;
    done  = 0;
    code  = $value$plusargs("frames=%d", frames);
    code  = $value$plusargs("idle=%d", idle);
    code  = $value$plusargs("seed=%d", seed);
    seed  = seed + 7919 * Index;
    file  = $fopen(File, "r");
  end

  // Everything sampled here has its value from before the edge.
  always @(posedge clock) begin
    if (running) begin
      if (moves) sent = sent + 1;
      if (moves || !valid) begin
        if (sent < frames * Beats && {$random(seed)} % 100 >= idle) begin
          code = $fscanf(file, "%h", next_data);
          data  <= next_data;
          last  <= sent % Beats == Beats - 1;
          valid <= 1'b1;
        end else begin
          valid <= 1'b0;
        end
      end
      done <= sent == frames * Beats;
    end
  end

endmodule

// One output: takes beats, looks that one that waits stays as it is, and writes it with the cycle it came in.
module plain_sink #(
    parameter     File  = "out0.txt",
    parameter int Bits  = 8,
    parameter int Beats = 1,
    parameter int Index = 0
) (
    input  logic            clock,
    input  logic            running,
    input  logic     [31:0] first,
    input  logic            valid,
    output logic            ready,
    input  logic [Bits-1:0] data,
    input  logic            last,
    output logic            moves,
    output logic            done
);

  integer frames, stall, seed, file, code, received = 0, cycle = -1;
  logic [Bits-1:0] held;
  logic waiting = 0, unstable = 0;

  assign moves = valid === 1'b1 && ready;

  initial begin
    ready = 0;
    done  = 0;
    code  = $value$plusargs("frames=%d", frames);
    code  = $value$plusargs("stall=%d", stall);
    code  = $value$plusargs("seed=%d", seed);
    seed  = seed + 104729 * (Index + 1);
    file  = $fopen(File, "w");
  end

  always @(posedge clock) begin
    if (running) begin
      cycle = cycle + 1;
      ready <= {$random(seed)} % 100 >= stall;
      if (waiting && (valid !== 1'b1 || data !== held)) unstable = 1'b1;
      waiting = valid === 1'b1 && !ready;
      if (waiting) held = data;
      if (moves) begin
        $fdisplay(file, "%h %b %b %0d", data, last, unstable, cycle - first);
        unstable = 1'b0;
        received = received + 1;
      end
      done <= received >= frames * Beats;
    end
  end

endmodule

module plain_bench;

  localparam int ResetCycles = 8;
  localparam int DrainCycles = 256;

  integer limit, code, first = -1, quiet = 0, drain = 0, cycle = -ResetCycles;
  logic clock = 0, reset = `RESET_ACTIVE, running = 0;

`include `STREAMS

  initial begin
    code = $value$plusargs("limit=%d", limit);
    forever #5 clock = !clock;
  end

  // Sources and sinks run from the edge behind the one at which this lets them.
  always @(posedge clock) begin
    cycle = cycle + 1;
    running <= cycle >= -1;
    reset <= cycle < 0 ? `RESET_ACTIVE : !`RESET_ACTIVE;
    if (running) begin
      if (first < 0 && |in_moves) first <= cycle;
      quiet = |{in_moves, out_moves} ? 0 : quiet + 1;
      if (&{in_done, out_done}) drain = drain + 1;
      if (quiet >= limit || drain >= DrainCycles) begin
        $display("cycles %0d", cycle);
        $finish;
      end
    end
  end

endmodule
