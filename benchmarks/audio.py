"""The pictures of docs/audio.md, and its table of what the two speech models cost.

    python benchmarks/audio.py --pictures docs/pictures
    python benchmarks/audio.py --costs

The voice in the pictures is generated (`accel.data.stimulus`), the pictures are the same each time.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from accel.cli import terminal
from accel.data import audio, stimulus
from accel.data.emotional_speech import INPUT, MEL, RATE
from accel.errors import AccelError
from accel.fixed import Fixed, from_float
from accel.flow import inspection, rtl
from accel.flow.request import Request
from accel.page.drawing import BLUE, GREEN, GREY, ORANGE, Picture, canvas, png

FULL = 44_100  # Hz
START, LENGTH = 0.1, 0.012  # seconds
MOMENT, BEATS = 20, 8  # of the tensor: the first that is shown, and how many of it
SECONDS = {"crnn": 2.0, "crnn_raw": 4096 / 8000}


def sampling(voice: np.ndarray) -> Figure:
    """Twelve milliseconds of a voice, and the samples that are taken of it at 16 kHz and at 8 kHz."""
    figure, axes = canvas(3.6, 2, 1, sharex=True)
    cut = slice(round(START * FULL), round((START + LENGTH) * FULL))
    time = 1000 * np.arange(len(voice))[cut] / FULL
    for ax, rate, colour in zip(axes[:, 0], (16_000, 8000), (BLUE, ORANGE), strict=True):
        taken = audio.resample(voice, FULL, rate)
        part = slice(round(START * rate), round((START + LENGTH) * rate))
        ax.plot(time, voice[cut], color=GREY, linewidth=1, label="the sound")
        at = 1000 * np.arange(len(taken))[part] / rate
        ax.plot(at, taken[part], "o", color=colour, markersize=3.5, label=f"{rate:,} samples a second")
        ax.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    axes[1, 0].set_xlabel("milliseconds")
    return figure


def windows(voice: np.ndarray) -> Figure:
    """A voice at 16 kHz, and the first windows of 25 ms, one every 7.8 ms: each becomes a column of the spectrogram."""
    figure, ((above,), (below,)) = canvas(3.4, 2, 1, sharex=True)
    signal = audio.resample(voice, FULL, RATE)
    size = round(0.1 * RATE)
    above.plot(1000 * np.arange(size) / RATE, signal[:size], color=BLUE, linewidth=0.8)
    for number, start in enumerate(range(0, size - MEL.window, MEL.hop)):
        at = 1000 * (start + np.arange(MEL.window)) / RATE
        below.plot(
            at, np.hanning(MEL.window), color=ORANGE if number == 3 else GREY, linewidth=1.6 if number == 3 else 0.8
        )
    above.set_ylabel("amplitude")
    below.set(ylabel="weight", xlabel="milliseconds")
    return figure


def bands(_: np.ndarray) -> Figure:
    """The 32 mel bands between 0 and 8 kHz: narrow where voices have their pitch, wide where hearing is coarse."""
    import librosa

    figure, ((axes,),) = canvas(2.4)
    weights = librosa.filters.mel(sr=RATE, n_fft=2048, n_mels=MEL.bands, htk=True, norm=None)
    for number, row in enumerate(weights):
        axes.plot(np.linspace(0, RATE / 2, len(row)), row, color=(BLUE, ORANGE, GREEN)[number % 3], linewidth=1)
    axes.set(xlabel="Hz", ylabel="weight", xlim=(0, RATE / 2))
    return figure


def views(voice: np.ndarray) -> Figure:
    """The same two seconds three times: 32,000 samples, the power of 257 frequencies, and the 256 x 32 numbers that
    `crnn` gets.
    """
    import librosa

    figure, axes = canvas(6.2, 3, 1)
    signal = audio.fit(audio.resample(voice, FULL, RATE), INPUT.samples)
    axes[0, 0].plot(np.arange(len(signal)) / RATE, signal, color=BLUE, linewidth=0.4)
    axes[0, 0].set(ylabel="amplitude", xlim=(0, INPUT.seconds))
    power = np.abs(librosa.stft(signal, n_fft=512, win_length=MEL.window, hop_length=MEL.hop)) ** 2
    extent = (0, INPUT.seconds, 0, RATE / 2000)
    axes[1, 0].imshow(10 * np.log10(power + 1e-5), origin="lower", aspect="auto", extent=extent, cmap="magma")
    axes[1, 0].set_ylabel("kHz")
    features = INPUT.tensor(signal)[..., 0]
    extent = (0, INPUT.seconds, 0, MEL.bands)
    axes[2, 0].imshow(features.T, origin="lower", aspect="auto", extent=extent, cmap="magma", interpolation="nearest")
    axes[2, 0].set(ylabel="mel band", xlabel="seconds")
    for ax in axes[1:, 0]:
        ax.grid(False)
    return figure


def beats(voice: np.ndarray) -> Figure:
    """A part of the tensor, and the order in which its numbers go to the accelerator: one each clock, all bands of
    a moment, then those of the next.
    """
    figure, ((left, right),) = canvas(3.4, 1, 2, width_ratios=(1.4, 1))
    features = INPUT.tensor(audio.fit(audio.resample(voice, FULL, RATE), INPUT.samples))[..., 0]
    corner = features[MOMENT : MOMENT + 4, :BEATS]
    left.pcolormesh(corner, cmap="magma", edgecolors="white", linewidth=0.5)
    for (row, column), value in np.ndenumerate(corner):
        ink = "white" if value < (corner.min() + corner.max()) / 2 else "black"
        words = f"beat {MEL.bands * (MOMENT + row) + column}\n{value:.2f}"
        left.text(column + 0.5, row + 0.5, words, ha="center", va="center", fontsize=6.5, color=ink)
    left.invert_yaxis()
    left.set(xlabel="mel band", ylabel="time", xticks=[], yticks=[])
    type_ = Fixed.parse("fixed<16,4>")
    raw = from_float(corner[0], type_)
    rows = [[f"{MEL.bands * MOMENT + at}", f"{value:.4f}", f"{int(word)}", f"{int(word) & 0xFFFF:04x}"]
            for at, (value, word) in enumerate(zip(corner[0], raw, strict=True))]  # fmt: skip
    right.set_axis_off()
    shown = right.table(rows, colLabels=["beat", "number", f"as {type_}", "TDATA"], loc="center", edges="horizontal")
    shown.auto_set_font_size(False)
    shown.set_fontsize(8)
    shown.scale(1, 1.25)
    return figure


PICTURES = tuple(
    Picture(f"audio_{draw.__name__}", draw.__name__, draw) for draw in (sampling, windows, bands, views, beats)
)


def costs(model: str) -> tuple[object, ...]:
    """What a second of sound and a frame cost, as planned: the plan is what simulation confirms to the cycle."""
    report = rtl.run(Request(model)).report
    work = sum(row.macs or 0 for row in inspection.run(Request(model)).rows)
    numbers = report.edges[0].beats * report.edges[0].lanes
    kinds = ("multipliers", "lut", "ff", "bram")
    multipliers, lut, ff, bram = (sum(getattr(row, kind) or 0 for row in report.layers) for kind in kinds)
    microseconds = report.predicted.latency * report.settings.clock_ns / 1000
    return (
        model,
        f"{SECONDS[model]:.3f}",
        numbers,
        f"{numbers / SECONDS[model]:,.0f}",
        f"{work / SECONDS[model] / 1e6:.1f}",
        multipliers,
        round(lut),
        round(ff),
        f"{bram:g}",
        report.predicted.ii,
        f"{microseconds:.0f}",
        f"{SECONDS[model] * report.predicted.frames_per_second(report.settings.mhz):,.0f}",
    )


HEADER = ("model", "seconds a frame", "numbers a frame", "numbers a second", "million products a second of sound",
          "multipliers", "LUT", "FF", "BRAM36", "II", "latency, us", "times as fast as the sound")  # fmt: skip


def front_end() -> tuple[tuple[object, ...], ...]:
    """What making the spectrogram takes on the host, for a second of sound: multiplications, counted step by step."""
    columns, points = RATE / MEL.hop, 1 << (MEL.window - 1).bit_length()
    fourier = 4 * points // 2 * (points.bit_length() - 1)
    mel = 2 * (points // 2 + 1)
    steps = (
        ("window", MEL.window),
        ("Fourier transform", fourier),
        ("power", 2 * (points // 2 + 1)),
        ("mel bands", mel),
    )
    return tuple((name, one, f"{columns * one / 1e6:.2f}") for name, one in steps)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, help="folder to draw the pictures to")
    parser.add_argument("--costs", action="store_true", help="the tables of what it costs")
    arguments = parser.parse_args()
    if arguments.pictures:
        voice = stimulus.voiced(2.0, FULL, seed=3)
        for picture in PICTURES:
            (arguments.pictures / f"{picture.name}.png").write_bytes(png(picture, voice))
    try:
        if arguments.costs:
            terminal.table(HEADER, [costs(model) for model in SECONDS])
            terminal.table(("step", "products a column", "million a second"), front_end())
    except AccelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
