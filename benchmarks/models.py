"""The table of `models/README.md`: what every model reaches, what its design takes, and what to copy from it.

    python benchmarks/models.py [MODEL ...]

Figures are those of each model's `metrics.json` and of the plan of its `design.yaml`; what to copy is told by its card.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from accel import cache
from accel.cli import terminal
from accel.flow import conversion
from accel.flow.request import Request
from accel.progress import SILENT
from accel.report.write import count, table
from accel.rtl.plan import plan
from accel.source import models_root

HEAD = """# The models

Each folder has the network (`model.py`), its trained weights, a design that fits its part, and a card that says what it
was trained on and what it reaches. `python benchmarks/models.py` wrote this table: figures on the test split, in
floating point, from `metrics.json`; multipliers, cycles between frames and frames per second from the plan, which
co-simulation confirms to the cycle (`make cosim MODEL=...`).

"""
COLUMNS = (
    "model",
    "data",
    "figures",
    "parameters",
    "part",
    "multipliers",
    "II, cycles",
    "frames per second",
    "to copy",
)
UNCOUNTED = ("uar", "rms")
"""Figures that are left to the card."""
ABBREVIATIONS = ("auc", "ccc", "svm")
"""Words of the figures' names that are written in capitals."""


def row(folder: Path) -> tuple[str, ...]:
    """A model's line of the table."""
    done = conversion.make(Request(folder.name), SILENT)
    planned = plan(conversion.integers(done.hls_graph, done.design.part))
    rate = 1e9 / (planned.ii * done.design.clock_ns)
    return (
        f"[{folder.name}]({folder.name}/README.md)",
        done.source.definition().DATASET,
        figures(folder),
        count(done.parameters),
        done.design.part,
        count(sum(step.multipliers for step in planned.steps)),
        count(planned.ii),
        count(round(rate)),
        to_copy(folder),
    )


def figures(folder: Path) -> str:
    """What the model reaches on its test split, in words."""
    metrics = json.loads((folder / "metrics.json").read_text())
    own = {name.removeprefix("test_"): value for name, value in metrics.items() if name.startswith("test_")}
    told = {
        words(name): f"{100 * value:.1f} %" if name == "accuracy" else f"{value:.3f}"
        for name, value in own.items()
        if isinstance(value, float) and not any(part in name for part in UNCOUNTED)
    }
    return ", ".join(f"{name} {value}" for name, value in told.items())


def words(name: str) -> str:
    """The name of a figure as it is written: `auc_by_distance` is `AUC by distance`."""
    return re.sub(rf"\b({'|'.join(ABBREVIATIONS)})\b", lambda found: found[0].upper(), name.replace("_", " "))


def to_copy(folder: Path) -> str:
    """What the card says to copy."""
    found = re.search(r"\*\*To copy\.\*\*\s+(.*?)\n\n", (folder / "README.md").read_text(), re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def standing(text: str) -> dict[str, tuple[str, ...]]:
    """The lines of a table as it stands, by model."""
    lines = [line for line in text.splitlines() if line.startswith("| [")]
    cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
    return {row[0].partition("]")[0].removeprefix("["): row for row in cells}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", help="those whose lines are renewed, the others staying as they are; all")
    names = sorted(file.parent.name for file in models_root().glob("*/model.keras"))
    file = models_root() / "README.md"
    asked = parser.parse_args().models or names
    rows = standing(file.read_text()) | {name: row(models_root() / name) for name in asked}
    text = HEAD + table(COLUMNS, [rows[name] for name in names]) + "\n"
    cache.write(file, text)
    terminal.say(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
