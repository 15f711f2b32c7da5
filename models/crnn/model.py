"""2-D CRNN for speech emotion recognition: convolutions on a log-mel spectrogram, a GRU along time.

Seven emotions of EmoDB, split by speaker. One frame of the accelerator is one utterance: its first two seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.data import audio, augment, training
from accel.data import stimulus as generators
from accel.data.datasets import EMODB_CLASSES, EMODB_FOLDS, Dataset, Split, emodb_recordings, load_emodb

if TYPE_CHECKING:
    import keras

CLASSES = EMODB_CLASSES
DATASET = "emodb"
RATE = 16_000  # Hz; other rates are resampled to it
SECONDS = 2.0
TIMES, BANDS = 96, 32
WINDOW, HOP = 1024, 326  # 64 ms every 20.4 ms: 96 frames span the two seconds
LOUD = 9.0  # nepers of power, 39 dB: frames this far below an utterance's peak or more count as pauses
SCALE = 3.0
BLOCKS = ((8, (2, 2)), (16, (2, 2)), (32, (2, 2)), (64, (1, 2)))
"""Channels and pool (time, band) of each convolution block."""
UNITS = 32
SPEEDS = (1.0, 0.88, 0.94, 1.06, 1.13)
"""Training sees each utterance played at these speeds (speed perturbation, Ko et al. 2015); the test only the first."""
SEED = 0
DROPOUT = 0.3
EPOCHS = 300


def build(dropout: float = 0.0) -> keras.Model:
    """Features (96, 32, 1), time first, in -4..4 to seven probabilities. `dropout` is for training only."""
    import keras
    from keras import layers

    x = inputs = keras.Input((TIMES, BANDS, 1), name="spectrogram")
    for block, (channels, pool) in enumerate(BLOCKS, 1):
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False, name=f"conv{block}")(x)
        x = layers.BatchNormalization(name=f"bn{block}")(x)
        x = layers.Activation("relu", name=f"relu{block}")(x)
        x = layers.MaxPooling2D(pool, name=f"pool{block}")(x)
        x = layers.SpatialDropout2D(dropout / 3, name=f"drop{block}")(x) if dropout else x
    x = layers.Reshape((x.shape[1], x.shape[2] * x.shape[3]), name="frames")(x)
    x = layers.Dropout(dropout, name="drop_in")(x) if dropout else x
    x = layers.GRU(UNITS, name="gru")(x)
    x = layers.Dropout(dropout, name="drop_out")(x) if dropout else x
    x = layers.Dense(len(CLASSES), name="dense")(x)
    return keras.Model(inputs, layers.Activation("softmax", name="softmax")(x), name="crnn")


def features(signal: np.ndarray) -> np.ndarray:
    """Log-mel features (96, 32) of a signal at 16 kHz: its first two seconds, its voiced level at 0, within ±4."""
    mel = audio.log_mel(
        audio.fit(signal, round(SECONDS * RATE)), rate=RATE, window=WINDOW, hop=HOP, bands=BANDS, fmax=RATE / 2
    )
    loud = mel.max(axis=1) > mel.max() - LOUD
    return np.clip((mel - mel[loud].mean()) / SCALE, -4, 4)


def dataset(root: Path) -> Dataset:
    """EmoDB as features (96, 32, 1); the speakers of the first fold, 03 and 08, are the test split."""
    return load_emodb(root, lambda path: features(audio.read_wav(path, RATE))[..., None])


def stimulus(count: int, seed: int = 0) -> np.ndarray:
    """Features of `count` voiced source-filter signals, (count, 96, 32, 1)."""
    return np.stack([
        features(generators.voiced(SECONDS, RATE, seed=seed * 1_000_003 + i))[..., None] for i in range(count)
    ])


def train(root: Path, out: Path, *, progress: training.Progress | None = None) -> dict[str, Any]:
    """Train one model for each fold of two unseen speakers; the first fold's goes to `out/model.keras`.

    `out/metrics.json` has the figures of all folds. No choice is made on test speakers: the epochs are fixed.
    """
    recordings = emodb_recordings(root)
    speakers = np.array([r.speaker for r in recordings])
    y = np.array([r.label for r in recordings])
    x = np.stack([_versions(r.path) for r in recordings])
    decided = np.zeros_like(y)
    folds, shipped = [], None
    for number, fold in enumerate(EMODB_FOLDS):
        test = np.isin(speakers, fold)
        model = _trained(Split(x[~test], y[~test]), number, progress)
        decided[test] = training.predict(model, x[test, 0, :, :, None])
        folds.append({"speakers": list(fold), "examples": int(test.sum()), **_scores(y[test], decided[test])})
        shipped = shipped or model
    metrics = {
        "test_speakers": list(EMODB_FOLDS[0]),
        "train_examples": len(y) - folds[0]["examples"],
        "test_examples": folds[0]["examples"],
        "test_accuracy": folds[0]["accuracy"],
        "test_uar": folds[0]["uar"],
        "folds": folds,
        "folds_accuracy": training.accuracy(y, decided),
        "folds_uar": training.recall(y, decided),
    }
    training.save(shipped, metrics, out)
    return metrics


def _versions(path: Path) -> np.ndarray:
    """The features (versions, 96, 32) of one utterance at all `SPEEDS`."""
    signal = audio.read_wav(path, RATE)
    return np.stack([features(audio.resample(signal, RATE, RATE / speed)) for speed in SPEEDS])


def _trained(data: Split, fold: int, progress: training.Progress | None) -> keras.Model:
    training.reproducible(SEED)
    model = build(DROPOUT)
    training.fit(
        model,
        data,
        epochs=EPOCHS,
        augment=augment.varied_spectrograms,
        rate=3e-3,
        average=0.995,
        balance=0.5,
        progress=progress and (lambda done, total: progress(fold * total + done, len(EMODB_FOLDS) * total)),
    )
    bare = build()
    bare.set_weights(model.get_weights())
    return bare


def _scores(truth: np.ndarray, decided: np.ndarray) -> dict[str, float]:
    return {"accuracy": training.accuracy(truth, decided), "uar": training.recall(truth, decided)}
