"""The networks that must work, in one list: what users bring, and what the papers of the field measure.

Their weights are random, of a fixed seed; `models/` has networks that were trained, `kws` and `cifar_class` among them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from accel.flow.request import Request
from tests.networks import pictures, rows, sequences, tiny

if TYPE_CHECKING:
    import keras

SEED = 0
EIGHT = {"precision": "auto<8>"}
HLS4ML = {"precision": "fixed<16,6>"}
"""hls4ml's own type. `auto` rounds and limits h of an LSTM, which takes each step one cycle more."""
SPREAD = {"bias": (-0.2, 0.2), "beta": (-0.2, 0.2), "gamma": (0.5, 1.5)}
SPREAD |= {"moving_mean": (-0.2, 0.2), "moving_variance": (0.5, 1.5)}
"""What uniform numbers weights have that Keras begins with zeros and ones, by the ends of their names."""


@dataclass(frozen=True)
class Network:
    """``title`` says what it is and where it is from; ``part`` and ``settings`` are the design's."""

    name: str
    title: str
    build: Callable[[], keras.Model]
    part: str = "xczu7ev"
    settings: Mapping[str, str] = field(default_factory=dict)

    def saved(self, folder: Path) -> Path:
        """Its file, written to ``folder``."""
        import keras

        keras.utils.set_random_seed(SEED)
        rng, model = np.random.default_rng(SEED), self.build()
        for weight in model.weights:
            if ends := [ends for name, ends in SPREAD.items() if weight.name.endswith(name)]:
                weight.assign(rng.uniform(*ends[0], weight.shape))
        path = folder / f"{self.name}.keras"
        model.save(path)
        return path

    def request(self, path: Path) -> Request:
        """The design of the file."""
        return Request(str(path), part=self.part, **self.settings)


NETWORKS = (
    Network("ds_cnn", "DS-CNN, keyword spotting, 49x10 (MLPerf Tiny)", tiny.ds_cnn, settings=EIGHT),
    Network("resnet8", "ResNet-8, images, 32x32x3 (MLPerf Tiny)", tiny.resnet8, settings=EIGHT),
    Network("mobilenet", "MobileNetV1 0.25, persons, 96x96x3 (MLPerf Tiny)", tiny.mobilenet, "xczu9eg", EIGHT),
    Network("autoencoder", "Autoencoder, anomalies, 640 (MLPerf Tiny)", tiny.autoencoder, settings=EIGHT),
    Network("svhn", "House numbers, 32x32x3 (hls4ml, CNN)", pictures.svhn, "xcu250", {"reuse": "1"}),
    Network("jet_tagger", "Jet tagging, 16 (hls4ml, dense)", rows.jet_tagger, "xcku115", {"reuse": "1"}),
    Network("unet", "U-Net, 32x32", pictures.unet),
    Network("tcn", "Temporal convolutions, dilated, causal, residual, 64x4", sequences.tcn),
    *(
        Network(f"{name}_{kind.lower()}", f"{title} (hls4ml, {kind})", partial(build, kind), part, settings)
        for name, title, build, part, settings in (
            ("top_tag", "Top quark tagging, 20x6", sequences.top_tag, "xcku115", {"reuse": "1"} | HLS4ML),
            ("flavour_tag", "Flavour tagging, 15x6", sequences.flavour_tag, "xcku115", {}),
            ("quickdraw", "QuickDraw, 100x3", sequences.quickdraw, "xczu7ev", {}),
        )
        for kind in ("LSTM", "GRU")
    ),
    Network("quickdraw_conv", "QuickDraw, Conv1D and LSTM, 100x3", sequences.quickdraw_conv),
    Network("sed_crnn", "Sound events, Permute and a bidirectional GRU, 40x32", sequences.crnn),
    Network("two_and_two", "Two inputs and two outputs, 16x16x3 and 12", pictures.two_and_two),
    Network("bytes_in_front", "Bytes, x / 255.0 in front, 16x16", pictures.bytes_in_front),
)
