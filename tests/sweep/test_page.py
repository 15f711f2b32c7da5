from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from accel.page import drawing
from accel.page.drawing import Picture
from accel.sweep import page, plots, table
from accel.sweep.result import SweepResult


def test_rows_say_what_is_known_and_how(result: SweepResult) -> None:
    base, first, second = ([str(cell) for cell in row] for row in table.rows(result))
    assert base[0] == "base"
    assert first[:7] == ["p000", "yes", "dsp 50 %", "91.00 %", "88.00 %", "99.00 %", "97.00 %"]
    assert first[-6:] == ["100000", "2200", "1000", "40", "3.5", "simulated, synthesised"]
    assert second[-1] == "predicted" and second[2] == "lut 20 %"


def test_predictions_stand_beside_what_was_found(result: SweepResult) -> None:
    found = {(name, figure): off for name, figure, _, _, off in table.errors(result)}
    assert found["p000", "lut"] == "-9.1 %"
    assert found["p000", "ii"] == "+0.0 %"
    assert all(name == "p000" for name, _ in found)


def test_every_point_is_in_the_table(result: SweepResult) -> None:
    rows = list(csv.DictReader(io.StringIO(table.points(result))))
    assert [row["front"] for row in rows] == ["1", "1", "0", "0", "0"]
    assert [row["feasible"] for row in rows] == ["1", "1", "1", "0", "0"]
    assert rows[4]["reason"] == "layer 'conv': takes at least 9 cycles"
    assert (rows[0]["weights.bits"], rows[0]["accuracy"]) == ("4", "0.91")


@pytest.mark.parametrize("picture", plots.PICTURES, ids=lambda picture: picture.name)
def test_pictures_are_drawn_in_the_colours_of_the_page(picture: Picture, result: SweepResult) -> None:
    drawn = drawing.svg(picture, result)
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert "currentColor" in drawn and drawing.INK not in drawn
    assert drawing.svg(picture, result) == drawn
    assert drawing.png(picture, result).startswith(b"\x89PNG")


@pytest.mark.parametrize("picture", plots.PICTURES, ids=lambda picture: picture.name)
def test_pictures_are_drawn_of_a_search_that_found_nothing(picture: Picture, result: SweepResult) -> None:
    assert "<svg" in drawing.svg(picture, replace(result, points=result.points[4:], front=()))


def test_the_page_is_one_file_that_needs_no_other(result: SweepResult, tmp_path: Path) -> None:
    text = page.write(result, tmp_path).read_text()
    assert not re.search(r'(src|href)="(?!#)', text.replace("xlink:href", "xlink"))
    assert "<script" not in text
    assert text.index("Designs that no other one beats") < text.index("<svg")
    assert len(re.findall(r"<svg", text)) == len(plots.PICTURES)
    assert "takes at least 9 cycles" in text and "make cosim MODEL=net DESIGN=p000" in text
    assert sorted(file.name for file in (tmp_path / page.PICTURES).iterdir()) == sorted(
        f"{p.name}.png" for p in plots.PICTURES
    )
    assert (tmp_path / page.CSV).read_text() == table.points(result)


def test_a_name_from_outside_is_no_markup(result: SweepResult) -> None:
    text = page.html(replace(result, origin="<script>alert(1)</script>"))
    assert "<script>" not in text
