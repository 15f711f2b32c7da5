"""`docs/layers.md`: what becomes of each case, as `accel inspect` finds it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from accel import hls4ml_plugin
from accel.flow import inspection
from accel.flow.inspection import Hardware, Inspection
from accel.flow.request import Request
from accel.hls4ml_plugin.writer import OURS
from tests.layers.cases import FAMILIES, Case

DOCUMENT = Path(__file__).parents[2] / "docs" / "layers.md"
IO = ("io_stream", "io_parallel")

HEAD = """# Layers

What becomes of each Keras layer, and of each setting of it that makes a difference. `make layers` makes this page: for
each line it reads and converts a small network, and the line says what came out; a test compares (`tests/layers/`).

- **exact**: there is hardware, and hls4ml's C simulation, the integer model and the RTL give the same raw integers.
  *As it is*: hls4ml has the layer. *As* others: the network is first rewritten to the same function. *By our kernel*:
  in C++ of this project, which is put into hls4ml's.
- **C++ only**: hls4ml's project and its C simulation, without RTL.
- **refused**: in these words, before anything is compiled.

Where `IO=io_stream`, the default, and `IO=io_parallel` differ, a line says both. `make inspect MODEL=` says the same of
a network of yours.
"""


def text() -> str:
    """The whole page."""
    tables = [table(family) for family in FAMILIES]
    others = ", ".join(f"`{kind}`" for kind in untried())
    return "\n".join([HEAD, *tables, f"## Others\n\nKeras' other layers are not tried here: {others}.\n"])


def table(family: str) -> str:
    """The part of one family of layers."""
    lines = [f"| `{case.first.kind}` | {_code(case.settings)} | {_both(case)} |" for case in FAMILIES[family]]
    return "\n".join([f"## {family}\n", "| layer | settings | becomes |", "|---|---|---|", *lines]) + "\n"


def untried() -> list[str]:
    """The layers of Keras that no case has, each by one of its names."""
    import keras

    kinds = {made for _, made in inspect.getmembers(keras.layers, inspect.isclass) if issubclass(made, keras.Layer)}
    tried = {case.first.kind for cases in FAMILIES.values() for case in cases}
    return sorted({kind.__name__ for kind in kinds} - tried - {"Layer", "InputLayer"})


@cache
def inspected(case: Case, io: str) -> Inspection:
    """What the command line would say of the case's file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "net.keras"
        case.model().save(path)
        return inspection.run(Request(str(path), io=io))


def _both(case: Case) -> str:
    found = [_told(inspected(case, io)) for io in IO]
    return found[0] if found[0] == found[1] else "; ".join(map(": ".join, zip(IO, found, strict=True)))


def _told(found: Inspection) -> str:
    if found.hardware is Hardware.RTL:
        return f"**exact**, {', '.join(_ways(found))}"
    if found.hardware is Hardware.HLS:
        return f"**C++ only**: {found.missing[0]}"
    return f"**refused**: {found.refused[0]}"


def _ways(found: Inspection) -> Iterator[str]:
    kinds = [row.kind for row in found.rows if row.kind != "InputLayer"]
    yield f"as {', '.join(dict.fromkeys(kinds))}" if found.rewritten else "as it is"
    if _called(found) & _kernels():
        yield "by our kernel"


def _called(found: Inspection) -> set[str]:
    """The C++ functions that the network calls, and activations inside recurrent layers; pooling without padding is
    hls4ml's own where windows stand side by side.
    """
    return {
        function
        for layer in found.graph.get_layers()
        for code in ("function_cpp", "config_cpp")
        for function in re.findall(r"nnet::((?:activation::)?\w+)<", layer.get_attr(code, ""))
        if not layer.class_name.startswith("Pooling") or _overlaps(layer)
    }


def _overlaps(pool) -> bool:
    sides = [pool.get_attr(f"pad_{side}", 0) for side in ("top", "bottom", "left", "right")]
    axes = ("width", "height")[: 1 + pool.class_name.endswith("2D")]
    return any(sides) or any(pool.get_attr(f"pool_{axis}") != pool.get_attr(f"stride_{axis}") for axis in axes)


def _kernels() -> set[str]:
    """The functions that this project's headers define, not those of their classes, and activations of recurrent
    layers.
    """
    text = "".join((Path(hls4ml_plugin.__file__).parent / header).read_text() for header in OURS)
    classes = re.findall(r"\bclass (\w+) : public Activation", text)
    return {*re.findall(r"(?<!static )\bvoid (\w+)\(", text), *(f"activation::{name}" for name in classes)}


def _code(settings: str) -> str:
    return f"`{settings}`" if settings else ""
