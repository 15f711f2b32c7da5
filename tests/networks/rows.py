"""Networks on rows of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def jet_tagger() -> keras.Model:
    """Jets of five kinds by sixteen features (Duarte et al., *Fast inference of deep neural networks in FPGAs for
    particle physics*, 2018); its last layer gives the logits.
    """
    import keras
    from keras import layers

    x = inputs = keras.Input((16,))
    for units in (64, 32, 32):
        x = layers.Dense(units, "relu")(x)
    return keras.Model(inputs, layers.Dense(5)(x))
