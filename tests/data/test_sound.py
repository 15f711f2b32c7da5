"""What a network gets of a recording, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from accel.data import audio
from accel.data.given import Axis, Panel
from accel.data.sound import MOST, Sound
from accel.errors import AccelError

RATE = 8000


def column(signal: np.ndarray) -> np.ndarray:
    return signal[:, None]


def line(x: np.ndarray) -> Panel:
    return Panel("line", x[:, 0], Axis("seconds", 0, 1), Axis("amplitude", -1, 1))


HEAD = Sound(RATE, RATE, column, drawn=line)
MIDDLE = Sound(RATE, RATE, column, audio.centred)


def ramp(seconds: float, rate: int = RATE) -> np.ndarray:
    return np.linspace(0.1, 0.9, round(seconds * rate))


def saved(path: Path, signal: np.ndarray, rate: int = RATE, **how: str) -> Path:
    soundfile.write(path, signal, rate, **how)
    return path


@pytest.mark.parametrize(
    ("kind", "seconds", "told"),
    [
        (HEAD, 1.5, "1.00 s of it taken, 0.50 s behind it cut"),
        (MIDDLE, 1.5, "1.00 s of it taken, 0.50 s before and behind it cut"),
        (HEAD, 0.4, "padded with 0.60 s of zeros behind it"),
        (MIDDLE, 0.4, "padded with 0.60 s of zeros before and behind it"),
    ],
)
def test_a_short_recording_is_one_frame_as_in_training(kind: Sound, seconds: float, told: str, tmp_path: Path) -> None:
    path = saved(tmp_path / "a.wav", ramp(seconds))
    (given,) = kind.read(path)
    assert given.told[0] == f"{seconds:.2f} s at 8,000 Hz" and given.told[-1] == told
    assert given.x.shape == (1, RATE, 1) and given.starts is None
    np.testing.assert_array_equal(given.x[0], kind.example(path))


def test_whatever_is_done_to_a_recording_is_told(tmp_path: Path) -> None:
    both = np.stack([ramp(1, 44_100), np.zeros(44_100)], axis=1)
    (given,) = HEAD.read(saved(tmp_path / "a.flac", both, 44_100))
    assert given.told == (
        "1.00 s at 44,100 Hz",
        "2 channels averaged",
        "resampled to 8,000 Hz",
        "loudest sample -6.9 dBFS",
    )
    assert [panel.title for panel in given.panels] == ["waveform", "line"]
    (low,) = HEAD.read(saved(tmp_path / "b.wav", ramp(1, 4000), 4000))
    assert "nothing above 2,000 Hz" in low.told


def test_a_long_recording_is_heard_through_windows_that_cover_it(tmp_path: Path) -> None:
    signal = ramp(3.5)
    signal[RATE : 2 * RATE] = 0
    (given,) = HEAD.read(saved(tmp_path / "a.wav", signal, subtype="FLOAT"))
    assert given.starts.tolist() == [0, 0.25, 0.5, 0.75, 1.25, 1.5, 1.75, 2, 2.25, 2.5] and given.length == 1
    assert given.told[-2:] == ("11 windows of 1.00 s, 0.25 s apart", "1 of them mostly silence and left out")
    for start, x in zip(given.starts, given.x, strict=True):
        np.testing.assert_allclose(x[:, 0], signal[round(start * RATE) :][:RATE], atol=1e-7)
    assert len(given.panels[1].values) == 4 * RATE and given.panels[1].x.end == 4


def test_the_windows_of_a_very_long_recording_lie_further_apart(tmp_path: Path) -> None:
    (given,) = HEAD.read(saved(tmp_path / "a.wav", ramp(300)))
    assert len(given.x) == MOST and given.starts[-1] == 299


def spoilt() -> np.ndarray:
    signal = ramp(1)
    signal[77] = np.nan
    return signal


@pytest.mark.parametrize(
    ("signal", "told"),
    [
        (np.zeros(RATE), "silence, no sample is above digital zero"),
        (np.full(RATE, 5e-4), "silence, no sample is above -66.0 dBFS"),
        (np.stack([ramp(1), -ramp(1)], axis=1), "silence"),
        (ramp(0.05), "0.050 s of sound; expected at least 0.1 s"),
        (spoilt(), "nan or infinity, first in sample 77"),
    ],
)
def test_what_is_no_recording_is_refused(signal: np.ndarray, told: str, tmp_path: Path) -> None:
    with pytest.raises(AccelError, match=told):
        HEAD.read(saved(tmp_path / "a.wav", signal, subtype="FLOAT"))


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF and nothing more")
    with pytest.raises(AccelError, match=r"a\.wav is not a readable sound file"):
        HEAD.read(tmp_path / "a.wav")


def test_a_generated_sound_says_so() -> None:
    given = HEAD.generated()
    assert given.x.shape == (1, RATE, 1) and given.x.std() > 0.05 and given.told[0].startswith("made up")
    np.testing.assert_array_equal(given.x, HEAD.generated().x)


def test_made_up_inputs_are_the_same_for_the_same_seed():
    own = Sound(8000, 800, lambda signal: signal[:, None])
    x = own.made(3, seed=2)
    assert x.shape == (3, 800, 1) and not np.array_equal(x[0], x[1])
    np.testing.assert_array_equal(x[:2], own.made(2, seed=2))
    assert not np.array_equal(x, own.made(3, seed=3))
