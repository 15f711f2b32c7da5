from __future__ import annotations

import numpy as np
import pytest
import soundfile

from accel.data import audio
from accel.errors import AccelError

SHAPE = {"rate": 16_000, "window": 1024, "hop": 512, "bands": 32}


def tone(frequency: float, rate: int = 16_000, seconds: float = 1.0) -> np.ndarray:
    return np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate).astype(np.float32)


def test_mel_power_has_time_first_and_peaks_at_the_tone():
    power = audio.mel_power(tone(1000), **SHAPE)
    assert power.shape == (16_000 // 512, 32) and power.dtype == np.float32
    centres = audio.mel_centres(16_000, 32)
    for frequency in (300, 1000, 3000):
        band = audio.mel_power(tone(frequency), **SHAPE).mean(axis=0).argmax()
        assert band == np.abs(centres - frequency).argmin()


def test_mel_power_follows_the_level_and_is_zero_in_silence():
    loud, soft = (audio.mel_power(gain * tone(700), **SHAPE) for gain in (1.0, 0.1))
    np.testing.assert_allclose(loud, 100 * soft, rtol=1e-3, atol=1e-6)
    assert not audio.mel_power(np.zeros(4096, np.float32), **SHAPE).any()


def test_mel_power_places_a_click_in_its_frame():
    click = np.zeros(4096, np.float32)
    click[5 * 512 + 256] = 1
    assert audio.mel_power(click, **SHAPE).sum(axis=1).argmax() == 5


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
