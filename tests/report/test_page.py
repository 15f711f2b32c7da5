"""The page of a report: what it says first, that it needs no other file, and what its pictures show."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pydantic import TypeAdapter

from accel.page import drawing
from accel.report import ClockRow, Clocks, Report, page
from accel.report.pictures import PICTURES
from accel.report.pictures.network import placed
from accel.report.verdict import verdicts


@pytest.fixture(scope="module")
def text(full: Report) -> str:
    return page.html(full)


def moods(report: Report) -> dict[str, str]:
    return {verdict.title: verdict.mood for verdict in verdicts(report)}


def test_verdicts_come_first_and_are_honest(full: Report, failed: Report) -> None:
    assert moods(full) == {
        "Exact": "good",
        "Like floating point": "good",
        "Fits": "good",
        "Clock not confirmed": "open",
    }
    assert moods(failed)["NOT exact"] == "bad"
    clocked = replace(full, clocks=Clocks("nextpnr", (ClockRow("conv", "acc_mvau", 150.0, "a path"),)))
    assert moods(clocked)["Clock NOT confirmed"] == "bad"
    slower = replace(clocked, settings=replace(full.settings, clock_ns=10.0))
    assert moods(slower)["Clock confirmed"] == "good"
    assert moods(replace(full, min_agreement=0.995))["NOT like floating point"] == "bad"
    large = replace(full, resources=(replace(full.resources[0], used=221),))
    assert moods(large)["Does NOT fit"] == "bad"
    late = replace(full, predicted=replace(full.predicted, ii=783))
    assert moods(late)["Exact, at other cycles"] == "bad"
    assert moods(replace(full, simulations=(), comparisons=(), resources=())) == {
        "Not simulated": "open",
        "Not compared with floating point": "open",
        "Size not known": "open",
        "Clock not confirmed": "open",
    }


def test_verdicts_say_how_many_frames_are_different(full: Report) -> None:
    short = replace(full.comparisons[0], frames=4)
    long = replace(short, name="integer model", frames=2000)
    run = replace(full.simulations[0], result=replace(full.simulations[0].result, frames=25, repeated=21))
    few = replace(full, simulations=(run,), comparisons=(short, long), min_agreement=0.5)
    exact, faithful, *_ = verdicts(few)
    assert "Every integer of 4 frames (25 with repetitions) is the C simulation's" in exact.words
    assert "% of 2,000 frames are decided" in faithful.words
    worse = replace(few, comparisons=(replace(short, agreement=0.75), long))
    assert "75.00 % of the first 4 frames are decided" in list(verdicts(worse))[1].words


def test_the_page_is_one_file_that_needs_no_other(text: str) -> None:
    assert not re.search(r'(src|href)="(?!#|data:)', text.replace("xlink:href", "xlink"))
    assert "<script" not in text
    assert text.index("Exact") < text.index("<svg") and "make cosim MODEL=tiny" in text
    assert len(re.findall("<svg", text)) == len(PICTURES) - 1  # nothing differs


def test_what_is_decided_otherwise_is_listed(text: str) -> None:
    assert re.search(r"What is decided otherwise.*?<td>7</td>", text, re.DOTALL)


def test_a_failed_run_shows_where_it_first_differs(failed: Report) -> None:
    text = page.html(failed)
    assert text.index("Where it first differs") < text.index("The network")
    assert "left: frame 1, beat 2, lane 1: expected 30, got 40" in text


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_pictures_are_drawn_in_the_colours_of_the_page(picture: drawing.Picture[Report], failed: Report) -> None:
    drawn = drawing.svg(picture, failed)
    assert ElementTree.fromstring(drawn).tag.endswith("svg") and drawing.INK not in drawn
    assert drawing.png(picture, failed).startswith(b"\x89PNG") and picture.caption


def words(picture: str, report: Report) -> list[str]:
    """All texts of a picture."""
    drawn = drawing.svg(next(one for one in PICTURES if one.name == picture), report)
    return [element.text for element in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]


def test_the_network_names_widths_beats_and_the_slowest(full: Report) -> None:
    found = words("network", full)
    assert {"image", "the output", "784 cycles, 100 % busy, 36 multipliers", "676 cycles, 86 % busy"} <= set(found)
    assert found.count("128 bits, 676 beats") == 5 and "8 x fixed<17,7> = 136 bits, 676 beats" in found


def test_a_fork_and_a_join_are_no_chain(full: Report) -> None:
    paths, places = placed([edge for edge in full.edges if edge.target])
    assert (places["left"].rank, places["right"].rank) == (2, 2) and places["add"].rank == 3
    assert places["left"].middle[0] < places["right"].middle[0]
    (skipping,) = [path for path in paths if len(path) == 3]
    assert skipping[0] == "conv" and skipping[2] == "add" and places[skipping[1]].columns == 3


def test_types_say_what_is_beyond_and_lost(full: Report) -> None:
    found = " | ".join(words("types", full))
    conv, weights = full.evidence.tensors[:2]
    assert conv.beyond and f"{conv.beyond:,} beyond" in found
    assert weights.lost > weights.values // 2 and f"{100 * weights.lost / weights.values:.2g} % lost" in found


def test_scores_stand_beside_those_of_floating_point(full: Report) -> None:
    def table_of(report: Report) -> str:
        found = page.html(report).partition("Against the float model")[2].partition("</table>")[0]
        return " | ".join(re.findall(r"<t[hd]>(.*?)</t", found))

    assert "accuracy | floating point | - | - | - | - | 98.50 %" in table_of(replace(full, float_accuracy=0.985))
    (row, *_) = full.comparisons
    numbers = replace(
        full, decides=False, float_scores=(("mAP", 0.75),), comparisons=(replace(row, scores=(("mAP", 0.5),)),)
    )
    assert "mAP | floating point | - | - | - | - | 0.75" in table_of(numbers) and table_of(numbers).endswith(" | 0.5")


def test_the_page_of_a_bare_report_has_no_pictures(full: Report) -> None:
    bare = replace(full, edges=(), timeline=None, evidence=None, resources=(), simulations=())
    assert "<svg" not in page.html(bare)


def test_names_from_outside_are_no_markup(full: Report) -> None:
    text = page.html(replace(full, description="<script>alert(1)</script>", notes=("<b>x</b>",)))
    assert "<script>" not in text and "<b>x</b>" not in text


def test_pages_are_drawn_once(full: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = page.write(full, tmp_path)
    assert sorted(file.name for file in (tmp_path / "pictures").iterdir()) == sorted(
        f"{picture.name}.png" for picture in PICTURES if picture.name != "difference"
    )
    assert path.stat().st_size < 5_000_000
    monkeypatch.setattr(page, "html", lambda report: f"other {report.design}")
    page.write(full, tmp_path)
    assert not path.read_text().startswith("other")
    page.write(replace(full, notes=("news",)), tmp_path)
    assert path.read_text().startswith("other")


def test_evidence_survives_being_kept(failed: Report) -> None:
    kept = TypeAdapter(Report)
    again = kept.validate_json(kept.dump_json(failed))
    assert again == failed and again.mismatch.around == failed.mismatch.around
