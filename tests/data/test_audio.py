from __future__ import annotations

import numpy as np
import pytest
import soundfile

from accel.data import audio
from accel.errors import AccelError

SHAPE = dict(rate=16_000, window=1024, hop=512, bands=32, fmax=8000)


def tone(frequency: float, rate: int = 16_000, seconds: float = 1.0) -> np.ndarray:
    return np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate).astype(np.float32)


def test_log_mel_has_time_first_and_peaks_at_the_tone():
    mel = audio.log_mel(tone(1000), **SHAPE)
    assert mel.shape == (1 + (16_000 - 1024) // 512, 32) and mel.dtype == np.float32
    low, high = (audio.log_mel(tone(f), **SHAPE).mean(axis=0).argmax() for f in (300, 3000))
    assert low < mel.mean(axis=0).argmax() < high


def test_log_mel_is_finite_for_silence_and_limited_downwards():
    assert np.isfinite(audio.log_mel(np.zeros(4096, np.float32), **SHAPE)).all()
    mel = audio.log_mel(tone(1000), **SHAPE)
    assert mel.max() - mel.min() <= -np.log(audio.FLOOR) + 1e-3


def test_log_mel_differences_do_not_depend_on_the_level():
    loud, soft = (audio.log_mel(gain * tone(700), **SHAPE) for gain in (1.0, 0.1))
    np.testing.assert_allclose(loud - loud.mean(), soft - soft.mean(), atol=1e-2)


def test_read_wav_mixes_to_mono_and_resamples(tmp_path):
    stereo = np.stack([tone(440, 22_050), np.zeros(22_050)], axis=1)
    soundfile.write(tmp_path / "a.wav", stereo, 22_050)
    signal = audio.read_wav(tmp_path / "a.wav", 16_000)
    assert len(signal) == 16_000 and signal.dtype == np.float32
    np.testing.assert_allclose(signal[200:-200], 0.5 * tone(440)[200:-200], atol=2e-3)


@pytest.mark.parametrize("content", [b"", b"RIFF\0\0\0\0WAVE", b"plain text"])
def test_read_wav_names_the_unreadable_file(tmp_path, content):
    (tmp_path / "bad.wav").write_bytes(content)
    with pytest.raises(AccelError, match="bad.wav is not a readable sound file"):
        audio.read_wav(tmp_path / "bad.wav", 8000)


def test_read_wav_refuses_an_empty_sound(tmp_path):
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 8000)
    with pytest.raises(AccelError, match="no samples"):
        audio.read_wav(tmp_path / "empty.wav", 8000)


def test_lengths():
    ramp = np.arange(10.0)
    assert audio.fit(ramp, 4).tolist() == [0, 1, 2, 3] and audio.fit(ramp, 12)[10:].tolist() == [0, 0]
    assert audio.centred(ramp, 4).tolist() == [3, 4, 5, 6]
    assert audio.centred(ramp, 14).tolist() == [0, 0, *range(10), 0, 0]
    assert np.abs(audio.peak_normalised(ramp - 20)).max() == 1 and not audio.peak_normalised(np.zeros(3)).any()
