"""Many small instances in one run of Yosys, which spends most of a run for one on reading the family's cells."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from dataclasses import replace
from pathlib import Path

from accel import cache
from accel.errors import AccelError
from accel.rtl.layers import Instance, Stream
from accel.rtl.project import LIBRARY
from accel.synth.families import Family, Resources
from accel.synth.yosys import TOP, design, kept, resources, run_yosys, script_for, threads

SIZE = 8
"""Instances of a run: enough to hide its start, few enough to lose little where it is ended."""

Placed = tuple[Instance, tuple[Stream, ...]]
"""An instance and the streams that it reads."""


def synthesise(
    placed: Sequence[Placed], family: Family, folder: Path, jobs: int, advance: Callable[[int, int], None]
) -> list[Resources | None]:
    """What each of the instances takes, alone and out of context; None for one that the family cannot hold.

    Results are kept in ``folder`` under the digest that ``Yosys`` has for them. ``jobs`` runs go at a time; with none,
    what is not kept is None, too. ``advance`` is told how many of how many runs are done.
    """
    files = [file(one, family, folder) for one in placed]
    missing = list({path: (path, one) for path, one in zip(files, placed, strict=True) if not path.is_file()}.values())
    groups = [missing[start : start + SIZE] for start in range(0, len(missing) if jobs else 0, SIZE)]
    with threads(max(1, jobs)) as pool:
        for done, run in enumerate(as_completed([pool.submit(_keep, group, family) for group in groups]), 1):
            run.result()
            advance(done, len(groups))
    return [resources(json.loads(path.read_text()), family) if path.is_file() else None for path in files]


def file(placed: Placed, family: Family, folder: Path) -> Path:
    """Where the cells of an instance are kept."""
    files = design(*placed)
    return kept(folder, files, script_for(family, [name for name in files if name.endswith(".sv")], TOP))


def _keep(group: Sequence[tuple[Path, Placed]], family: Family) -> None:
    """Synthesise a group, or each of it alone where Yosys refuses one, and write the cells down."""
    try:
        made = _cells([one for _, one in group], family)
    except AccelError:
        if len(group) > 1:
            for one in group:
                _keep([one], family)
        return
    for (path, _), cells in zip(group, made, strict=True):
        cache.write(path, json.dumps(cells))


def _cells(placed: Sequence[Placed], family: Family) -> list[dict[str, int]]:
    """Cells by type of each instance: a wrapper each, kept apart below one module."""
    files, wrappers = {}, []
    for number, (instance, sources) in enumerate(placed):
        own = design(_with_files(instance, f"{number}_"), sources)
        wrappers.append(own.pop(f"{TOP}.sv").replace(f"module {TOP} ", f"(* keep_hierarchy *)\nmodule {TOP}_{number} "))
        files |= own
    insides = "".join(f"  (* keep *) {TOP}_{number} u_{number} ();\n" for number in range(len(placed)))
    names = [f"{name}.sv" for name in LIBRARY if f"{name}.sv" in files] + [f"{TOP}.sv"]
    files[f"{TOP}.sv"] = "".join(wrappers) + f"module {TOP};\n{insides}endmodule\n"
    with tempfile.TemporaryDirectory(prefix="accel-yosys-") as folder:
        for path, text in files.items():
            (Path(folder) / path).write_text(text)
        script = script_for(family, names, TOP)
        run_yosys(script, Path(folder), f"synthesis of {len(placed)} instances")
        modules = json.loads((Path(folder) / "stat.json").read_text())["modules"]
    return [modules[f"\\{TOP}_{number}"]["num_cells_by_type"] for number in range(len(placed))]


def _with_files(instance: Instance, prefix: str) -> Instance:
    """The instance with ``prefix`` before the names of its memories' files."""
    named = {f'"{name}"': f'"{prefix}{name}"' for name in instance.memories}
    return replace(
        instance,
        parameters={key: named.get(value, value) for key, value in instance.parameters.items()},
        memories={prefix + name: memory for name, memory in instance.memories.items()},
    )
