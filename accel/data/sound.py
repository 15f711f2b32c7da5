"""Recordings of any rate, length and number of channels as frames of a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from accel.data import audio, stimulus
from accel.data.given import Axis, Given, Panel
from accel.errors import AccelError

LEAST = 0.1
"""Seconds that a recording must have."""
SILENCE = 1e-3
"""No sample of silence is larger: -60 dB of full scale."""
FAINT = 0.01
"""Of the loudest sample: what stays below is a pause."""
SOUNDING = 0.25
"""The part of a window that must be no pause."""
LONG = 2
"""A recording that is longer than so many frames is heard through a sliding window."""
OVERLAP = 4
"""Windows that cover a moment, unless there would be more than `MOST`."""
MOST = 64


@dataclass(frozen=True)
class Sound:
    """What a network hears: ``samples`` at ``rate`` Hz, of which ``tensor`` makes its input (*shape).

    Of a recording of another length, ``fitted`` takes a frame: its beginning (`audio.fit`) or its middle
    (`audio.centred`), zeros added where it is shorter. ``drawn`` shows an input (*shape) as a panel over seconds.
    """

    rate: int
    samples: int
    tensor: Callable[[np.ndarray], np.ndarray]
    fitted: Callable[[np.ndarray, int], np.ndarray] = audio.fit
    drawn: Callable[[np.ndarray], Panel] | None = None

    suffixes = (".wav", ".flac", ".ogg", ".aiff", ".mp3")

    @property
    def seconds(self) -> float:
        """The length of a frame."""
        return self.samples / self.rate

    def example(self, path: Path) -> np.ndarray:
        """The input (*shape) that a recording is as one frame, however long it is: what a network is trained on."""
        return self.tensor(self.fitted(audio.read_wav(path, self.rate), self.samples))

    def made(self, count: int, seed: int = 0) -> np.ndarray:
        """Inputs (count, *shape) of voiced source-filter signals as long as a frame, the same for the same seed."""
        seeds = range(seed * 1_000_003, seed * 1_000_003 + count)
        return np.stack([self.tensor(stimulus.voiced(self.seconds, self.rate, seed=one)) for one in seeds])

    def read(self, path: Path) -> list[Given]:
        """The recording as one frame, or, where it is longer than `LONG` of them, through a sliding window. Windows
        that are mostly silence are left out.

        Raises:
            AccelError: it cannot be read, holds what is no number, is shorter than `LEAST` or silent.
        """
        channels, rate = audio.load(path)
        found = f"{len(channels) / rate:.2f} s at {rate:,} Hz"
        _check(path, channels, rate)
        mono = channels.mean(axis=1)
        if (peak := float(np.abs(mono).max())) <= SILENCE:
            raise AccelError(
                f"{path}: silence, no sample is above {_decibels(peak)}; expected a recording of something"
            )
        told = [found]
        told += [f"{channels.shape[1]} channels averaged"] if channels.shape[1] > 1 else []
        told += [f"resampled to {self.rate:,} Hz"] if rate != self.rate else []
        told += [f"nothing above {rate / 2:,.0f} Hz"] if rate < self.rate else []
        signal = audio.resample(mono, rate, self.rate)
        return [self._given(path.name, signal, (*told, f"loudest sample {_decibels(peak)}"))]

    def generated(self) -> Given:
        """A voiced source-filter signal as long as a frame."""
        told = ("made up: pulses through the resonances of vowels; nobody said it, and no class is the right one",)
        return self._given("generated", stimulus.voiced(self.seconds, self.rate), told)

    def _given(self, name: str, signal: np.ndarray, told: tuple[str, ...]) -> Given:
        if len(signal) <= LONG * self.samples:
            frame = self.fitted(signal, self.samples)
            told, frames, starts = (*told, *self._cut(len(signal))), frame[None], None
        else:
            starts, frames, clauses = self._windows(signal)
            told = (*told, *clauses)
        x = np.stack([self.tensor(frame) for frame in frames])
        heard = signal if starts is not None else frames[0]
        wave = Panel("waveform", heard, Axis("seconds", 0, len(heard) / self.rate), Axis("amplitude", -1, 1))
        panels = (wave, *([self._drawn(heard)] if self.drawn else []))
        return Given(name, x, told, panels, starts, self.seconds)

    def _drawn(self, signal: np.ndarray) -> Panel:
        """What the network gets of a signal, frame after frame."""
        parts = range(0, len(signal), self.samples)
        panels = [self.drawn(self.tensor(audio.fit(signal[at : at + self.samples], self.samples))) for at in parts]
        values = np.concatenate([panel.values for panel in panels], axis=-1)
        seconds = Axis(panels[0].x.label, 0, panels[0].x.end * len(panels))
        return replace(panels[0], values=values, x=seconds)

    def _cut(self, length: int) -> tuple[str, ...]:
        """What is done to so many samples to make a frame of them."""
        off = (length - self.samples) / self.rate
        where = "behind it" if self.fitted is audio.fit else "before and behind it"
        if off > 0:
            return (f"{self.seconds:.2f} s of it taken, {off:.2f} s {where} cut",)
        return (f"padded with {-off:.2f} s of zeros {where}",) if off else ()

    def _windows(self, signal: np.ndarray) -> tuple[np.ndarray, list[np.ndarray], tuple[str, ...]]:
        """Where windows that sound begin, in seconds, the windows, and what was done in words."""
        floor = max(SILENCE, FAINT * float(np.abs(signal).max()))
        over = len(signal) - self.samples
        count = min(MOST, 1 + -(-over * OVERLAP // self.samples))
        begins = np.linspace(0, over, count).round().astype(int)
        windows = [signal[begin : begin + self.samples] for begin in begins]
        loud = np.array([_sounding(window, floor, self.rate) for window in windows])
        kept = (loud >= SOUNDING) | (loud == loud.max())
        told = f"{count} windows of {self.seconds:.2f} s, {over / (count - 1) / self.rate:.2f} s apart"
        silent = f"{int((~kept).sum())} of them mostly silence and left out"
        frames = [window for window, one in zip(windows, kept, strict=True) if one]
        return begins[kept] / self.rate, frames, (told,) if kept.all() else (told, silent)


def _check(path: Path, channels: np.ndarray, rate: int) -> None:
    if not np.isfinite(channels).all():
        first = int(np.argwhere(~np.isfinite(channels))[0][0])
        raise AccelError(f"{path}: nan or infinity, first in sample {first:,}; expected finite samples")
    if len(channels) < LEAST * rate:
        raise AccelError(f"{path}: {len(channels) / rate:.3f} s of sound; expected at least {LEAST:g} s")


def _sounding(window: np.ndarray, floor: float, rate: int) -> float:
    """The part of a window's hundredths of a second in which a sample is above the floor."""
    size = rate // 100
    blocks = np.abs(window[: len(window) // size * size]).reshape(-1, size)
    return float(np.mean(blocks.max(axis=1) > floor))


def _decibels(peak: float) -> str:
    """A sample's size against full scale."""
    return f"{20 * np.log10(peak):.1f} dBFS" if peak > 0 else "digital zero"
