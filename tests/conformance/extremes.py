"""Chains of odd shapes and types: what a design may ask for beyond what the other chains' measured ranges make of it.

Weights fill their types, inputs and results reach both bounds of theirs; there are unsigned, all-fraction and
no-fraction types, accumulators that drop bits of every product or wrap, both strategies in one network, and paddings on
top of one another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from accel.design import Design, LayerDesign
from accel.fixed import Fixed

if TYPE_CHECKING:
    import keras

FREE = 2.0  # reach of random weights where the design leaves their type open


@dataclass(frozen=True)
class Extreme:
    """A network with random weights that fill the types in ``layers``."""

    name: str
    build: Callable[[], keras.Model]
    layers: dict[str, LayerDesign]
    strategy: str = "Latency"

    def design(self) -> Design:
        """Every layer's own types and reuse factors."""
        return Design(strategy=self.strategy, layers=self.layers)

    def network(self) -> keras.Model:
        """The Keras model, the same at every call."""
        import keras

        rng = np.random.default_rng(13)
        made = self.build()
        for layer in made.layers:
            normalises = isinstance(layer, keras.layers.BatchNormalization)
            reach = FREE if normalises else self._reach(layer.name)
            values = [rng.uniform(-reach, reach, weights.shape) for weights in layer.get_weights()]
            if normalises:
                values[3] = np.abs(values[3]) + 0.25  # the variance
            layer.set_weights(values)
        return made

    def _reach(self, name: str) -> float:
        """A tenth beyond the largest weight of the layer's type, so that some are brought back to its bounds."""
        text = self.design().layer(name).precision.get("weight")
        return 1.1 * Fixed.parse(text).hi * Fixed.parse(text).step if text else FREE


def own(result: str, weight: str = "", bias: str = "", accum: str = "", **others) -> LayerDesign:
    """One layer's types and settings; ``others`` are settings of `LayerDesign` and further types."""
    settings = {name: value for name, value in others.items() if name in LayerDesign.model_fields}
    types = {"result": result, "weight": weight, "bias": bias, "accum": accum, **others}
    return LayerDesign(
        precision={kind: text for kind, text in types.items() if text and kind not in settings}, **settings
    )


def image() -> keras.Model:
    """(9, 16, 2): many shapes of windows, every elementwise function, ragged pooling, both foldings, zeros
    of its own.
    """
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((9, 16, 2), name="image"),
            layers.Conv2D(4, 3, padding="same", name="conv_same"),
            layers.Activation("relu", name="relu"),
            layers.Conv2D(3, (2, 4), padding="same", use_bias=False, name="conv_even"),
            layers.BatchNormalization(name="folded"),
            layers.Activation("sigmoid", name="sigmoid"),
            layers.BatchNormalization(name="norm"),
            layers.Conv2D(4, 3, use_bias=False, name="conv_valid"),
            layers.Activation("tanh", name="tanh"),
            layers.ZeroPadding2D(((1, 0), (0, 1)), name="zeros"),
            layers.Conv2D(4, (3, 2), strides=(1, 2), name="conv_skip"),
            layers.ReLU(name="rectify"),
            layers.AveragePooling2D(2, name="mean"),
            layers.BatchNormalization(name="norm_mean"),
            layers.Activation("softplus", name="softplus"),
            layers.Conv2D(6, 1, name="conv_point"),
            layers.Activation("softsign", name="softsign"),
            layers.Conv2D(4, 3, strides=2, padding="same", name="conv_two"),
            layers.MaxPooling2D((1, 2), name="most"),
            layers.Flatten(name="flat"),
            layers.Dense(8, name="dense"),
            layers.BatchNormalization(name="dense_folded"),
            layers.Dense(6, use_bias=False, name="dense_bare"),
            layers.Dense(5, name="logits"),
            layers.Activation("softmax", name="softmax"),
        ]
    )


def sequence() -> keras.Model:
    """(50, 3): both recurrent layers with and without sequences, padding on top of padding, softmax of every step."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((50, 3), name="wave"),
            layers.Conv1D(4, 5, padding="same", name="conv_same"),
            layers.Activation("relu", name="relu"),
            layers.AveragePooling1D(2, name="mean"),
            layers.BatchNormalization(name="norm"),
            layers.ZeroPadding1D(1, name="zeros"),
            layers.Conv1D(4, 4, strides=3, padding="same", use_bias=False, name="conv_padded"),
            layers.Activation("tanh", name="tanh"),
            layers.Conv1D(3, 2, use_bias=False, name="conv_folded"),
            layers.BatchNormalization(name="folded"),
            layers.Dense(6, name="along"),
            layers.Activation("softmax", name="weighting"),
            layers.MaxPooling1D(2, name="most"),
            layers.GRU(4, return_sequences=True, name="gru_all"),
            layers.LSTM(3, return_sequences=True, name="lstm_all"),
            layers.GRU(6, name="gru_last"),
            layers.Reshape((3, 2), name="regroup"),
            layers.LSTM(4, name="lstm_last"),
            layers.Dense(5, name="logits"),
            layers.Activation("softmax", name="softmax"),
        ]
    )


IMAGE = {
    "image": own("fixed<7,3>"),
    "conv_same": own("fixed<8,5,RND,SAT>", "fixed<6,2>", "fixed<7,3>"),
    "relu": own("ufixed<6,3,TRN,SAT>"),
    "conv_even": own("fixed<8,6,RND_ZERO,SAT_SYM>", "fixed<7,2>", "fixed<9,4>", reuse=2, strategy="Resource"),
    "sigmoid": own("ufixed<8,0,TRN,SAT>", table="fixed<18,8>"),
    "norm": own("fixed<8,1,RND_INF,WRAP>", scale="fixed<8,3>", bias="fixed<8,3>"),
    "conv_valid": own("fixed<8,2,TRN_ZERO,SAT>", "fixed<7,1>", accum="fixed<13,6>", reuse=27, strategy="Resource"),
    "tanh": own("fixed<7,0,RND,SAT_SYM>", table_size=512),
    "conv_skip": own("fixed<8,2,RND_CONV,SAT_ZERO>", "fixed<6,1>", "ufixed<5,0>", accum="fixed<12,4,RND>", reuse=12),
    "rectify": own("ufixed<6,0,RND_MIN_INF,SAT>"),
    "mean": own("ufixed<7,0,RND_CONV,SAT>", accum="fixed<12,3>"),
    "norm_mean": own("fixed<8,1,TRN,SAT>", scale="fixed<9,4>", bias="fixed<9,3>"),
    "softplus": own("ufixed<7,1,RND_MIN_INF,SAT_ZERO>"),
    "conv_point": own("fixed<8,3,RND_MIN_INF,WRAP>", "fixed<6,2>", "fixed<6,2>", reuse=24, strategy="Resource"),
    "softsign": own("fixed<8,-1,TRN_ZERO,SAT_SYM>"),
    "conv_two": own("fixed<8,0,RND_INF,SAT_SYM>", "fixed<7,1>", "fixed<9,1>", reuse=216),
    "most": own("fixed<7,-1,RND,SAT>", accum="fixed<7,0>"),
    "dense": own("fixed<8,1,RND_ZERO,SAT>", "fixed<8,2>", "fixed<8,3>", strategy="Resource"),
    "dense_bare": own("fixed<9,1,TRN_ZERO,WRAP>", "fixed<6,1>", accum="fixed<11,4>", reuse=4),
    "logits": own("fixed<10,3,RND,SAT>", "fixed<8,2>", "fixed<8,2>", reuse=30, strategy="Resource"),
    "softmax": own("ufixed<12,0,RND,SAT>"),
}

SEQUENCE = {
    "wave": own("fixed<5,8>"),
    "conv_same": own("fixed<9,6,RND_MIN_INF,SAT_ZERO>", "fixed<4,-2>", "fixed<6,6>", accum="fixed<20,12>", reuse=60),
    "relu": own("fixed<8,5,TRN_ZERO,SAT_ZERO>"),
    "mean": own("fixed<7,4,RND_INF,SAT_SYM>", accum="fixed<8,5>"),
    "norm": own("fixed<8,3,RND_MIN_INF,WRAP>", scale="fixed<6,2>", bias="fixed<10,4>"),
    "conv_padded": own("fixed<8,3,RND_CONV,SAT_ZERO>", "ufixed<5,0>", accum="fixed<14,5>", reuse=16),
    "tanh": own("fixed<7,0,TRN,SAT_SYM>", table="fixed<12,2>", table_size=1024),
    "conv_folded": own(
        "fixed<8,1,RND_MIN_INF,SAT>", "fixed<8,2>", "fixed<8,3>", accum="fixed<11,4>", strategy="Latency"
    ),
    "along": own(
        "fixed<8,2,RND_ZERO,SAT_ZERO>", "fixed<7,2>", "fixed<6,1>", accum="fixed<9,4>", reuse=9, strategy="Latency"
    ),
    "weighting": own("fixed<9,1,TRN_ZERO,SAT>", exp_table="ufixed<12,1,RND,SAT>"),
    "most": own("fixed<8,1>"),
    "gru_all": own(
        "fixed<10,0,TRN,WRAP>", "fixed<7,2>", "fixed<7,2>", accum="fixed<15,6>", reuse=36, recurrent_reuse=24
    ),
    "lstm_all": own("fixed<9,0,RND_CONV,SAT_SYM>", "fixed<8,4>", "fixed<7,0>", table_size=512, strategy="Latency"),
    "gru_last": own("fixed<9,0,RND_ZERO,SAT>", "fixed<8,5>", "fixed<7,-1>", accum="fixed<15,7,RND>", recurrent_reuse=2),
    "regroup": own("fixed<7,-1,RND_INF,SAT>"),
    "lstm_last": own(
        "fixed<9,0,RND_INF,SAT>", "fixed<9,5>", "fixed<8,0>", reuse=2, recurrent_reuse=64, strategy="Latency"
    ),
    "logits": own("fixed<9,1,RND_INF,SAT>", "fixed<8,4>", "fixed<8,0>", accum="fixed<13,5>", reuse=4),
    "softmax": own("ufixed<8,0,TRN,SAT>", inv_table="ufixed<12,2,TRN,SAT>"),
}

EXTREMES = (Extreme("image", image, IMAGE), Extreme("sequence", sequence, SEQUENCE, "Resource"))
