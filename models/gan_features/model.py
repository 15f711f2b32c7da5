"""Few labels: the discriminator of a generative adversarial network (GAN, Goodfellow et al. 2014), which learnt on
unlabelled recordings to tell them from generated ones, reused as a classifier of spoken digits.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.data import spoken_digits, training
from accel.data.datasets import DIGITS, Dataset, Split
from accel.progress import SILENT, Progress

if TYPE_CHECKING:
    import keras

CLASSES = DIGITS
DATASET = "fsdd"
INPUT = spoken_digits.INPUT
BLOCKS = ((16, 5), (32, 3), (48, 3))
"""Channels and kernel of each convolution; all have strides of 2."""
NOISE = 32
"""Numbers of which the generator makes features."""
EPOCHS = 40
BATCH = 64
LABELS = (5, 10, 50)
"""Of each class; the network of this folder has the most."""
DRAWS = 3
"""Sets of labelled recordings that each figure is the mean of."""
STEPS = 600
"""Batches of each training with labels."""


def build(outputs: int = len(CLASSES)) -> keras.Model:
    """Log-mel features (32 frames, 24 bands) in -4..4 to ten probabilities, or else to one score of a discriminator."""
    import keras
    from keras import layers

    inputs = keras.Input((spoken_digits.SAMPLES // spoken_digits.MEL.hop, spoken_digits.MEL.bands), name="frames")
    x = layers.Reshape((*inputs.shape[1:], 1), name="picture")(inputs)
    for block, (channels, kernel) in enumerate(BLOCKS, 1):
        x = layers.Conv2D(channels, kernel, strides=2, padding="same", name=f"conv{block}")(x)
        x = layers.LeakyReLU(0.25, name=f"relu{block}")(x)
    x = layers.Dense(outputs, name="dense")(layers.Flatten(name="flatten")(x))
    x = layers.Activation("softmax", name="softmax")(x) if outputs > 1 else x
    return keras.Model(inputs, x, name="gan_features")


def generator() -> keras.Model:
    """Noise (NOISE,) to features (32, 24): the discriminator's shapes in reverse. For training only."""
    import keras
    from keras import layers

    inputs = keras.Input((NOISE,))
    x = layers.Reshape((4, 3, 48))(layers.Dense(4 * 3 * 48)(inputs))
    for channels in (32, 16):
        x = layers.Activation("relu")(layers.BatchNormalization()(x))
        x = layers.Conv2DTranspose(channels, 4, strides=2, padding="same")(x)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    x = layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh")(x)
    return keras.Model(inputs, layers.Rescaling(4.0)(layers.Reshape((32, 24))(x)))


def dataset(root: Path) -> Dataset:
    """FSDD as features (32, 24); recordings 0 to 4 of each speaker and digit are the test split."""
    return spoken_digits.dataset(root)


def example(file: Path) -> np.ndarray:
    """The features (32, 24) of a sound file: its middle half second."""
    return INPUT.example(file)


def stimulus(count: int, seed: int = 0) -> np.ndarray:
    """Features of `count` voiced source-filter signals, (count, 32, 24)."""
    return INPUT.made(count, seed)


def train(root: Path, out: Path, *, progress: Progress = SILENT) -> dict[str, Any]:
    """Train the GAN on the train split without its labels, then classifiers on a few labels, begun from its
    discriminator and from scratch; write the one of most labels to `model.keras`, and `metrics.json`, to `out`.
    """
    data = spoken_digits.unvaried(root)
    with progress.step("GAN"):
        learnt = pretrained(spoken_digits.MEL.features(data.train.x), progress)
    found, kept = {}, None
    for labels in LABELS:
        for begun, weights in (("pretrained", learnt), ("scratch", None)):
            with progress.step(f"{labels} labels of each class, {begun}"):
                made = [_classifier(_few(data.train, labels, draw), weights, draw) for draw in range(DRAWS)]
            right = [training.accuracy(data.test.y, training.predict(model, data.test.x)) for model in made]
            found[f"{begun}_{labels}_labels_accuracy"] = round(float(np.mean(right)), 4)
            kept = made[0] if weights else kept
    metrics = training.scores(kept, data) | found
    training.save(kept, metrics, out)
    return metrics


def pretrained(x: np.ndarray, progress: Progress = SILENT) -> list[np.ndarray]:
    """The weights of the discriminator's convolutions after `EPOCHS` of a GAN on features (n, 32, 24), with the
    logistic loss that does not saturate.
    """
    import keras
    import tensorflow as tf

    training.reproducible(0)
    judge, maker = build(1), generator()
    rates = [keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2)]

    def loss(scores: tf.Tensor, real: float) -> tf.Tensor:
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(tf.fill(tf.shape(scores), real), scores))

    @tf.function
    def step(real: tf.Tensor, noise: tf.Tensor) -> None:
        with tf.GradientTape() as judging, tf.GradientTape() as making:
            made = maker(noise, training=True)
            scores = judge(made)
            told, fooled = loss(judge(real), 0.9) + loss(scores, 0.0), loss(scores, 1.0)
        for tape, value, model, rate in ((judging, told, judge, rates[0]), (making, fooled, maker, rates[1])):
            rate.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)

    for epoch in range(EPOCHS):
        rng = np.random.default_rng(epoch)
        for chosen in np.split(rng.permutation(len(x))[: len(x) // BATCH * BATCH], len(x) // BATCH):
            step(tf.constant(x[chosen]), tf.constant(rng.normal(size=(BATCH, NOISE)).astype(np.float32)))
        progress.advance(epoch + 1, EPOCHS)
    return judge.get_weights()[:-2]


def _few(train: Split, labels: int, draw: int) -> Split:
    """So many examples of each class, others for each draw."""
    rng = np.random.default_rng(draw)
    chosen = np.concatenate([rng.permutation(np.flatnonzero(train.y == c))[:labels] for c in range(len(CLASSES))])
    return Split(train.x[chosen], train.y[chosen])


def _classifier(few: Split, weights: list[np.ndarray] | None, seed: int) -> keras.Model:
    training.reproducible(seed)
    model = build()
    if weights:
        model.set_weights(weights + model.get_weights()[-2:])
    batch = len(CLASSES) * min(LABELS)
    epochs = STEPS * batch // len(few.y)
    training.fit(model, few, epochs=epochs, batch=batch, augment=spoken_digits.varied, seed=seed)
    return model
