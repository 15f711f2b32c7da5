"""One module with stream ports through a schedule of resets, idle input and stalled output, every cycle of it against
the module's timing model and the beats it should make.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from accel.rtl.circuit import Circuit
from accel.rtl.layers.base import Instance, Memory
from accel.rtl.project import LIBRARY
from tests.rtl.simulate import simulate

STREAM = (
    ".in_valid_i(in_valid), .in_ready_o(in_ready), .in_data_i(in_data),"
    " .out_valid_o(out_valid), .out_ready_i(out_ready), .out_data_o(out_data)"
)

BENCH = """module tb (input clk);
  reg [2:0] drive [0:{cycles} - 1];
  reg [{in_bits} - 1:0] beats [0:{beats} - 1];
  integer t = 0, sent = 0;
  wire rst_n = drive[t][2], in_valid = drive[t][1], out_ready = drive[t][0];
  wire in_ready, out_valid;
  wire [{in_bits} - 1:0] in_data = in_valid ? beats[sent] : {{{in_bits}{{1'bx}}}};
  wire [{out_bits} - 1:0] out_data;
  initial begin $readmemb("drive.mem", drive); $readmemh("beats.mem", beats); end
  {module} #({parameters}) dut (.clk_i(clk), .rst_ni(rst_n), {ports});
  always @(posedge clk) begin
    if (!rst_n) sent <= (sent / {frame} + 1) * {frame} % {beats};
    else begin
      $display("%0d %b%b %h", t, in_ready, out_valid, out_data & {{{out_bits}{{out_valid}}}});
      if (in_valid && in_ready) sent <= (sent + 1) % {beats};
    end
    t <= t + 1;
    if (t == {cycles} - 1) $finish;
  end
endmodule
"""


@dataclass(frozen=True, eq=False)
class Case:
    """A module and its frames: raw integers (frames, beats, lanes), the inputs of ``width`` bits each.

    ``ports``: how the bench connects it; ``source``: its text, where it is not of the library.
    """

    instance: Instance
    inputs: np.ndarray
    width: int
    expected: np.ndarray
    ports: str = STREAM
    source: str = ""


def _alone(case: Case) -> Circuit:
    return Circuit([case.instance.timing], [(0,)], 1, [1])


def schedule(case: Case, seed: int = 9) -> np.ndarray:
    """Reset, input valid and output ready in each cycle: bool (cycles, 3).

    Input and output at full rate or halting, in all four combinations, then a long stall and a long idle time; resets
    at random, most of them in the middle of a frame.
    """
    rng = np.random.default_rng(seed)
    ends = _alone(case).frame_ends([case.inputs.shape[1]], [case.expected.shape[1]], 2)
    span = int(ends[0, -1]) + 10
    phases = [rng.integers(0, 100, (12 * span, 2)) >= rate for rate in product((0, 50), (0, 80))]
    phases += [np.tile(flags, (span, 1)) for flags in ([True, False], [True, True], [False, True], [True, True])]
    drive = np.column_stack([np.ones(sum(map(len, phases)), bool), np.concatenate(phases)])
    resets = np.cumsum(rng.integers(2, 2 * span, 24))
    drive[:2, 0] = drive[resets[resets < len(drive)], 0] = False
    return drive


def transcript(case: Case, drive: np.ndarray) -> list[str]:
    """What the bench must print: in each cycle out of reset, ready, valid and the beat on offer.

    A reset ends the frame in both directions: the next one begins.
    """
    frames, per_frame, _ = case.inputs.shape
    digits = -(-case.instance.output.bits // 4)
    words = case.expected.reshape(-1, case.expected.shape[-1])
    beats = Memory(words, case.instance.output.type.width).text().splitlines()
    lines, circuit, sent, got = [], _alone(case), 0, 0
    for t, (rst_n, in_valid, out_ready) in enumerate(drive.tolist()):
        if not rst_n:
            frame = (sent // per_frame + 1) % frames
            sent, got = frame * per_frame, frame * case.expected.shape[1]
            circuit = _alone(case)
            continue
        (ready,), (valid,) = circuit.step([in_valid], [out_ready])
        lines.append(f"{t} {int(ready)}{int(valid)} {beats[got] if valid else '0' * digits}")
        got = (got + (valid and out_ready)) % len(beats)
        sent = (sent + (in_valid and ready)) % (frames * per_frame)
    return lines


def run(case: Case, drive: np.ndarray, folder: Path) -> list[str]:
    """What the bench prints, on Icarus: data is x where input is not valid."""
    instance = case.instance
    inputs = case.inputs.reshape(-1, case.inputs.shape[-1])
    (folder / "beats.mem").write_text(Memory(inputs, case.width).text())
    (folder / "drive.mem").write_text("".join("".join("01"[bit] for bit in row) + "\n" for row in drive.astype(int)))
    for file, memory in instance.memories.items():
        (folder / file).write_text(memory.text())
    bench = BENCH.format(
        cycles=len(drive),
        in_bits=inputs.shape[1] * case.width,
        beats=len(inputs),
        frame=case.inputs.shape[1],
        out_bits=instance.output.bits,
        module=instance.module,
        parameters=", ".join(f".{key}({value})" for key, value in instance.parameters.items()),
        ports=case.ports,
    )
    return simulate("icarus", LIBRARY[1:], case.source + bench, folder)
