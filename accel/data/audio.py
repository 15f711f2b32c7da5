"""Sound files and mel spectrograms."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from accel.errors import AccelError


def load(path: Path) -> tuple[np.ndarray, int]:
    """The samples of a sound file, float32 (samples, channels) in -1..1, and their rate in Hz.

    Raises:
        AccelError: it is none, or has no samples.
    """
    import soundfile

    try:
        signal, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError) as error:
        raise AccelError(f"{path} is not a readable sound file ({error}); expected e.g. a .wav or .flac") from error
    if not len(signal):
        raise AccelError(f"{path} holds no samples; expected a recording")
    return signal, rate


def read_wav(path: Path, rate: int) -> np.ndarray:
    """The mono signal of a sound file, float32 in -1..1, resampled to `rate` Hz where it has another one."""
    signal, found = load(path)
    return resample(signal.mean(axis=1), found, rate)


def resample(signal: np.ndarray, rate: float, target: float) -> np.ndarray:
    """`signal` (samples,) taken from `rate` to `target` Hz."""
    if rate == target:
        return signal
    import soxr

    return soxr.resample(signal, rate, target).astype(np.float32)


def fit(signal: np.ndarray, length: int) -> np.ndarray:
    """The first `length` samples of `signal`, zeros appended where it is shorter."""
    return np.pad(signal[:length], (0, max(0, length - len(signal))))


def centred(signal: np.ndarray, length: int) -> np.ndarray:
    """The middle `length` samples of `signal`, zeros added at both ends where it is shorter."""
    missing = max(0, length - len(signal))
    padded = np.pad(signal, (missing // 2, missing - missing // 2))
    start = (len(padded) - length) // 2
    return padded[start : start + length]


def peak_normalised(signal: np.ndarray) -> np.ndarray:
    """`signal` scaled to a peak of 1; silence stays silence."""
    return signal / max(float(np.abs(signal).max()), 1e-9)


def mel_power(signal: np.ndarray, *, rate: int, window: int, hop: int, bands: int) -> np.ndarray:
    """The mel power spectrogram, (..., samples // hop, bands), of bands up to half of `rate` of signals (..., samples);
    HTK's mel scale as in librosa.

    Windows of `window` samples (Hann), the first one around sample hop / 2; outside the signal is silence.
    """
    import librosa

    before = (window - hop) // 2
    padded = np.pad(signal, [(0, 0)] * (signal.ndim - 1) + [(before, window)])
    power = librosa.feature.melspectrogram(
        y=padded, sr=rate, n_fft=_fft(window), win_length=window, hop_length=hop, n_mels=bands, htk=True, center=False
    )
    return np.swapaxes(power, -1, -2)[..., : signal.shape[-1] // hop, :]


def mel_centres(rate: int, bands: int) -> np.ndarray:
    """The centre frequencies of the bands of `mel_power`, in Hz."""
    import librosa

    return librosa.mel_frequencies(bands + 2, fmin=0, fmax=rate / 2, htk=True)[1:-1]


def _fft(window: int) -> int:
    """The next power of two."""
    return 1 << (window - 1).bit_length()
