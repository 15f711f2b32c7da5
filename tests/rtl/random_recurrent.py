"""Small random GRU and LSTM graphs, for tests that compare the RTL with the integer model."""

from __future__ import annotations

import numpy as np

from accel.fixed import Fixed
from accel.ir import tables
from accel.ir.graph import Graph, Gru, Lstm, Tensor
from tests.rtl.random_graphs import affine, single


def recurrent(
    kind: type[Gru] | type[Lstm],
    units: int,
    recurrent_reuse: int,
    *,
    steps: int = 4,
    features: int = 3,
    reuse: int = 1,
    sequences: bool = False,
    x: str = "fixed<8,3>",
    w: str = "fixed<7,2>",
    b: str = "fixed<7,2>",
    acc: str = "fixed<18,8>",
    y: str = "fixed<12,3>",
    table: str = "fixed<18,8>",
    size: int = 1024,
    functions: tuple[str, str] = ("sigmoid", "tanh"),
    seed: int = 5,
) -> Graph:
    """A network of one layer, its weights uniform over the range of their type."""
    rng = np.random.default_rng(seed)
    width = (3 if kind is Gru else 4) * units
    entry = Fixed.parse(table)
    node = kind(
        kind.__name__.lower(),
        Tensor((steps, features), Fixed.parse(x)),
        Tensor((steps, units) if sequences else (units,), Fixed.parse(y)),
        affine(rng, features, width, w, b, acc),
        affine(rng, units, width, w, b, acc),
        *(None if function == "relu" else tables.RECURRENT[function](size, entry) for function in functions),
        reuse,
        recurrent_reuse,
        sequences,
    )
    return single(node)
