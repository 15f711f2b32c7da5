from __future__ import annotations

from pathlib import Path

import pytest

from accel.design import read_design
from accel.errors import AccelError


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("reuse: 2\nreuse: 4", "the key 'reuse' comes twice"),
        ("layers:\n  c: {reuse: 2}\n  c: {reuse: 4}", "the key 'c' comes twice"),
        ("reuse: true", "reuse: expected a valid integer"),
        ("reuse: yes", "reuse: expected a valid integer"),
        ("reuse: 1:30", "reuse: expected a valid integer"),
        ("clock_ns: 1:30", "clock_ns: expected a valid number"),
        ("reuse: !!bool true", "the tag tag:yaml.org,2002:bool is not taken"),
        ("layers: {a: &x {reuse: 2}, b: *x}", "anchors and aliases are not taken"),
        ("? [a]\n: 2", "expected a name as key"),
        ("part: [", "expected a YAML file"),
        ("a: " + "[" * 5000, "nested too deep"),
        ("layers: {c: {precision: {resullt: 'fixed<8,2>'}}}", "unknown 'resullt'; did you mean result"),
    ],
    ids=lambda text: text[:20],
)
def test_what_would_be_read_otherwise_is_refused_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "design.yaml"
    file.write_text(text)
    with pytest.raises(AccelError) as caught:
        read_design(file)
    assert str(caught.value).startswith(f"{file}: ") and told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numbers_are_decimal(tmp_path: Path) -> None:
    file = tmp_path / "design.yaml"
    file.write_text("clock_ns: 2.5\nreuse: 4\nlayers:\n  c: {reuse: 9, strategy: Resource}\n")
    design = read_design(file)
    assert (design.clock_ns, design.reuse, design.layer("c").reuse) == (2.5, 4, 9)
