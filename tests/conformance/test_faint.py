"""Under `auto` a factor that one layer loses and the next one gains changes nothing of what comes out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.fixed import from_float, to_float
from accel.hls import convert, ranges
from accel.ir import golden
from accel.ir.lower import lower
from tests.conformance.faint import Faint

X = np.random.default_rng(6).uniform(-1, 1, (64, 24, 3)).astype(np.float32)


def outputs(factor: float, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Raw outputs for X of the network quantised by the ranges that it has for X, and their error to floating point."""
    chain = Faint(factor)
    network = chain.network()
    reach = ranges.measure(network, X)
    graph = lower(convert.convert(network, chain.design(), reach, folder / "hls"))
    raw = golden.predict(graph, from_float(X, graph.input.type))
    return raw, to_float(raw, graph.output.type) - network.predict(X, verbose=0)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, np.ndarray]:
    return outputs(1.0, tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize("factor", [2.0**-17, 2.0**-8, 2.0**9])
def test_a_power_of_two_changes_no_bit(factor: float, plain, tmp_path: Path) -> None:
    assert np.array_equal(outputs(factor, tmp_path)[0], plain[0])


@pytest.mark.parametrize("factor", [1e-5, 0.1, 1e3])
def test_another_factor_changes_no_error(factor: float, plain, tmp_path: Path) -> None:
    error = np.abs(outputs(factor, tmp_path)[1]).max()
    assert 0 < error < 2 * np.abs(plain[1]).max() < 0.02
