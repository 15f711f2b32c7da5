from __future__ import annotations

from pathlib import Path

import pytest

from accel.errors import AccelError
from accel.sweep.scope import parse, read


def test_values_may_be_a_range_a_list_or_one() -> None:
    file = parse({"weights": {"bits": "4..8"}, "tables": {"bits": "6..12:3"}, "ii": 9, "strategy": ["Latency"]}, "x")
    assert file.weights.bits == (4, 5, 6, 7, 8)
    assert file.tables.bits == (6, 9, 12)
    assert (file.ii, file.strategy) == ((9,), ("Latency",))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"weight": {"bits": 4}}, "unknown key 'weight'; did you mean weights"),
        ({"weights": {"bit": 4}}, "unknown key 'weights.bit'; did you mean bits"),
        ({"weights": {"bits": "8..4"}}, "'8..4': expected a range from the smaller"),
        ({"weights": {"bits": 99}}, "weights.bits.0: expected"),
        ({"weights": {"bits": []}}, "weights.bits: expected"),
        ({"weights": {"rounding": "UP"}}, "weights.rounding.0: expected"),
        ({"layers": {"conv": {"weights": {"bits": "x"}}}}, "layers.conv.weights.bits.0: expected"),
        ({"layers": {"conv": {"ii": 4}}}, "unknown key 'layers.conv.ii'"),
        ({"ii": 0}, "ii.0: expected"),
        ({"ii": 4, "reuse": 4}, "reuse and ii: both given"),
        ({"objectives": "accurracy"}, "unknown objective 'accurracy'; did you mean accuracy"),
        ({"sampler": "annealing"}, "sampler: expected 'tpe'"),
        ({"max_drop": 101}, "max_drop: expected"),
    ],
)
def test_what_is_no_space_is_named(data: dict, message: str) -> None:
    with pytest.raises(AccelError) as told:
        parse(data, "space.yaml")
    assert str(told.value).startswith(f"space.yaml: {message}")


def test_a_file_is_read_and_a_missing_one_named(tmp_path: Path) -> None:
    (tmp_path / "space.yaml").write_text("weights: {bits: 4..6}\nlayers:\n  conv:\n    activations: {shift: [-1, 0]}\n")
    assert read(tmp_path / "space.yaml").layers["conv"].activations.shift == (-1, 0)
    with pytest.raises(AccelError, match="no space file"):
        read(tmp_path / "none.yaml")
