"""The log-mel front end that the speech models share: features of about the same spread in every band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accel.data import audio
from accel.data.given import Axis, Panel


@dataclass(frozen=True)
class LogMel:
    """Log-mel features of signals at `rate` Hz: windows of `window` samples (Hann) every `hop`, `bands` mel bands.

    The logarithm of the power, floor `floor`, is shifted and scaled by straight lines over the bands: `level` (the
    mean of band 0 in nepers, and how much it changes from band to band) and `spread` (the same of the deviation).
    Nothing is normalised to the recording, so that hardware needs no second pass.
    """

    rate: int
    window: int
    hop: int
    bands: int
    level: tuple[float, float]
    spread: tuple[float, float]
    floor: float = 1e-5

    def power(self, signal: np.ndarray) -> np.ndarray:
        """Mel power spectrogram (..., samples // hop, bands) of signals (..., samples)."""
        return audio.mel_power(signal, rate=self.rate, window=self.window, hop=self.hop, bands=self.bands)

    def features(self, power: np.ndarray) -> np.ndarray:
        """Features (..., time, bands) of mel power: about 0 on average and 1 in spread in each band, within ±4."""
        centred = np.log(power + self.floor) - self.level[0] - self.level[1] * np.arange(self.bands)
        return np.clip(centred / self._spread, -4, 4).astype(np.float32)

    def power_of(self, features: np.ndarray) -> np.ndarray:
        """The mel power that `features` were made of, where none was beyond ±4."""
        nepers = features * self._spread + self.level[0] + self.level[1] * np.arange(self.bands)
        return np.maximum(np.exp(nepers) - self.floor, 0)

    def of(self, signal: np.ndarray) -> np.ndarray:
        """Features (..., samples // hop, bands) of signals (..., samples)."""
        return self.features(self.power(signal))

    @property
    def _spread(self) -> np.ndarray:
        return self.spread[0] + self.spread[1] * np.arange(self.bands)

    def drawn(self, x: np.ndarray) -> Panel:
        """Features (time, bands), or (time, bands, 1), as a map."""
        seconds, title = Axis("seconds", 0, len(x) * self.hop / self.rate), "mel spectrogram, as the network gets it"
        return Panel(title, x.reshape(len(x), self.bands).T, seconds, Axis("mel band", 0, self.bands))
