"""Sound files and log-mel features."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from accel.errors import AccelError

FLOOR = 1e-7  # of the largest mel power: what is quieter counts as silence


def read_wav(path: Path, rate: int) -> np.ndarray:
    """The mono signal of a sound file, float32 in -1..1, resampled to `rate` Hz where it has another one."""
    import soundfile

    try:
        signal, found = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError) as error:
        raise AccelError(f"{path} is not a readable sound file ({error}): download the data set again") from error
    if not len(signal):
        raise AccelError(f"{path} holds no samples: download the data set again")
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


def log_mel(signal: np.ndarray, *, rate: int, window: int, hop: int, bands: int, fmax: float) -> np.ndarray:
    """Natural logarithm of the mel power spectrogram, (frames, bands), limited to 70 dB below its maximum.

    Frames of `window` samples every `hop` samples, without padding at the ends; Slaney's mel scale as in librosa.
    """
    import librosa

    power = librosa.feature.melspectrogram(
        y=signal, sr=rate, n_fft=window, hop_length=hop, n_mels=bands, fmax=fmax, center=False
    )
    return np.log(np.maximum(power.T, max(power.max() * FLOOR, 1e-12))).astype(np.float32)
