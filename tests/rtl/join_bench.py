"""A module that reads two streams, or a fork, through a schedule of resets, idle inputs and stalled outputs: every
cycle against the timing model, every beat against the golden one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from accel.ir import golden
from accel.ir.graph import Join
from accel.rtl.circuit import Circuit
from accel.rtl.layers.base import Instance, Memory, Stream, joined
from accel.rtl.project import LIBRARY
from tests.rtl.random_graphs import raw
from tests.rtl.simulate import simulate

FRAMES = 12

JOIN = """module tb (input clk);
  reg [3:0] drive [0:{cycles} - 1];
  reg [{a_bits} - 1:0] a_beats [0:{a_count} - 1];
  reg [{b_bits} - 1:0] b_beats [0:{b_count} - 1];
  integer t = 0, a_sent = 0, b_sent = 0, frame = 0;
  wire rst_n = drive[t][3], out_ready = drive[t][0];
  wire [1:0] in_valid = drive[t][2:1];
  wire [1:0] in_ready;
  wire [{a_bits} - 1:0] a = in_valid[0] ? a_beats[a_sent] : {{{a_bits}{{1'bx}}}};
  wire [{b_bits} - 1:0] b = in_valid[1] ? b_beats[b_sent] : {{{b_bits}{{1'bx}}}};
  wire out_valid;
  wire [{out_bits} - 1:0] out_data;
  initial begin
    $readmemb("drive.mem", drive); $readmemh("a.mem", a_beats); $readmemh("b.mem", b_beats);
  end
  {module} #({parameters}) dut (.clk_i(clk), .rst_ni(rst_n), .in_valid_i(in_valid), .in_ready_o(in_ready),
    .in_data_i({{b, a}}), .out_valid_o(out_valid), .out_ready_i(out_ready), .out_data_o(out_data));
  always @(posedge clk) begin
    if (!rst_n) begin
      frame <= (frame + 1) % {frames};
      a_sent <= (frame + 1) % {frames} * {a_frame};
      b_sent <= (frame + 1) % {frames} * {b_frame};
    end else begin
      $display("%0d %b%b %h", t, in_ready, out_valid, out_data & {{{out_bits}{{out_valid}}}});
      if (in_valid[0] && in_ready[0]) a_sent <= (a_sent + 1) % {a_count};
      if (in_valid[1] && in_ready[1]) b_sent <= (b_sent + 1) % {b_count};
    end
    t <= t + 1;
    if (t == {cycles} - 1) $finish;
  end
endmodule
"""

FORK = """module tb (input clk);
  reg [{ways} + 1:0] drive [0:{cycles} - 1];
  integer t = 0;
  wire in_ready;
  wire [{ways} - 1:0] out_valid;
  initial $readmemb("drive.mem", drive);
  acc_fork #(.Ways({ways})) dut (.clk_i(clk), .rst_ni(drive[t][{ways} + 1]), .in_valid_i(drive[t][{ways}]),
    .in_ready_o(in_ready), .out_valid_o(out_valid), .out_ready_i(drive[t][{ways} - 1:0]));
  always @(posedge clk) begin
    if (drive[t][{ways} + 1]) $display("%0d %b%b", t, in_ready, out_valid);
    t <= t + 1;
    if (t == {cycles} - 1) $finish;
  end
endmodule
"""


@dataclass(frozen=True, eq=False)
class Joint:
    """A module and what goes through it: beats of raw integers (frames, beats, lanes) of both inputs and the output."""

    instance: Instance
    inputs: tuple[np.ndarray, np.ndarray]
    widths: tuple[int, int]
    expected: np.ndarray


def case(node: Join) -> Joint:
    """The module of a layer whose inputs have the beats that it reads."""
    rng = np.random.default_rng(4)
    x = [raw(rng, (FRAMES, *tensor.shape), tensor.type) for tensor in node.inputs]
    made = joined(node, *(Stream(tensor.channels, tensor.type, tensor.positions) for tensor in node.inputs)).join
    beats = tuple(own.reshape(FRAMES, -1, own.shape[-1]) for own in x)
    widths = tuple(tensor.type.width for tensor in node.inputs)
    return Joint(made, beats, widths, golden.evaluate(node, *x).reshape(FRAMES, made.output.beats, -1))


def schedule(signals: int, cycles: int = 1600, seed: int = 9) -> np.ndarray:
    """Reset and each of the other signals in every cycle: bool (cycles, 1 + signals). Each is always there, or one
    cycle in two or in five, in phases of its own; resets are at random.
    """
    rng = np.random.default_rng(seed)
    rates = rng.choice([100, 50, 20], (cycles // 100, signals)).repeat(100, axis=0)
    drive = np.column_stack([np.ones(cycles, bool), rng.integers(0, 100, (cycles, signals)) < rates])
    drive[:2, 0] = drive[np.cumsum(rng.integers(2, 120, 24)) % cycles, 0] = False
    return drive


def run(joint: Joint, drive: np.ndarray, folder: Path) -> list[str]:
    """What the bench prints of a module with two inputs; columns of ``drive``: reset, b, a, output."""
    a, b = (x.reshape(-1, x.shape[-1]) for x in joint.inputs)
    for name, beats, width in (("a", a, joint.widths[0]), ("b", b, joint.widths[1])):
        (folder / f"{name}.mem").write_text(Memory(beats, width).text())
    instance = joint.instance
    bench = JOIN.format(
        cycles=len(drive),
        frames=FRAMES,
        a_bits=a.shape[1] * joint.widths[0],
        b_bits=b.shape[1] * joint.widths[1],
        a_count=len(a),
        b_count=len(b),
        a_frame=len(a) // FRAMES,
        b_frame=len(b) // FRAMES,
        out_bits=instance.output.bits,
        module=instance.module,
        parameters=", ".join(f".{key}({value})" for key, value in instance.parameters.items()),
    )
    return _simulated(bench, drive, folder)


def fork(ways: int, drive: np.ndarray, folder: Path) -> list[str]:
    """What the bench prints of ``acc_fork``; columns of ``drive``: reset, input, outputs, the last one first."""
    return _simulated(FORK.format(ways=ways, cycles=len(drive)), drive, folder)


def _simulated(bench: str, drive: np.ndarray, folder: Path) -> list[str]:
    (folder / "drive.mem").write_text("".join("".join("01"[bit] for bit in row) + "\n" for row in drive.astype(int)))
    return simulate("icarus", LIBRARY[1:], bench, folder)


def transcript(joint: Joint, drive: np.ndarray) -> list[str]:
    """What `run` must print."""
    words = joint.expected.reshape(-1, joint.expected.shape[-1])
    beats = Memory(words, joint.instance.output.type.width).text().splitlines()
    nothing, per_frame = "0" * len(beats[0]), len(beats) // FRAMES
    lines, circuit, got, frame = [], None, 0, 0
    for t, (rst_n, b, a, ready) in enumerate(drive.tolist()):
        if not rst_n:
            frame = (frame + 1) % FRAMES
            circuit, got = Circuit([joint.instance.timing], [(0, 1)], 2, [2]), frame * per_frame
            continue
        (ready_a, ready_b), (valid,) = circuit.step([a, b], [ready])
        lines.append(f"{t} {int(ready_b)}{int(ready_a)}{int(valid)} {beats[got] if valid else nothing}")
        got = (got + (valid and ready)) % len(beats)
    return lines


def forked(ways: int, drive: np.ndarray) -> list[str]:
    """What `fork` must print: a beat is on offer to each reader until it took it, and gone when all have."""
    lines, done = [], [False] * ways
    for t, (rst_n, offered, *ready) in enumerate(drive.tolist()):
        if not rst_n:
            done = [False] * ways
            continue
        taken = [had or takes for had, takes in zip(done, ready[::-1], strict=True)]
        valid = [offered and not had for had in done]
        lines.append(f"{t} {int(all(taken))}{''.join(str(int(own)) for own in valid[::-1])}")
        if offered:
            done = [False] * ways if all(taken) else taken
    return lines
