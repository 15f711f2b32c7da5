"""The weights of ``acc_products``: which of them share a multiplier by twos, and how those are kept."""

from __future__ import annotations

import numpy as np

from accel.ir.graph import Affine, Pair
from accel.rtl.layers.base import LUT_WORDS, Memory

WIDE = 1024
"""Bits from which a word of weights counts as wide."""


def pair_of(affine: Affine, parallel: int, words: int, blocks: int = 1) -> Pair | None:
    """What multipliers hold of a product that has ``words`` of weights for ``parallel`` outputs at a time: constants,
    and outputs in ``blocks`` with inputs of their own, have a multiplier each.
    """
    return affine.pair if parallel > 1 and words > 1 and blocks == 1 else None


def weighting(affine: Affine, pair: Pair | None) -> dict[str, str]:
    """The module's parameters about weights."""
    return {
        "WeightWidth": str(pair.width if pair else affine.weight_type.width),
        "WeightSigned": str(int(pair is not None or affine.weight_type.signed)),
        "Apart": str(pair.apart if pair else 0),
        "Overlap": str(pair.overlap if pair else 1),
    }


def stored(affine: Affine, pair: Pair | None, words: np.ndarray) -> Memory:
    """Weights (cycles, inputs, outputs) as words of a cycle each; those of a ``pair``'s odd output are one less where
    that of the output before it is negative.
    """
    width = affine.weight_type.width
    if pair:
        words, lower, width = words.copy(), words[..., : words.shape[-1] // 2 * 2 : 2], pair.width
        words[..., 1::2] -= lower < 0
    fields = words.reshape(len(words), -1)
    return Memory(fields, width, affine.wide_words if fields.shape[1] * width >= WIDE else LUT_WORDS)
