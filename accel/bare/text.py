"""Pieces of C++ text: nested loops, arrays as rows of numbers, types in words."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Sequence

import numpy as np

from accel.bare.terms import number
from accel.errors import AccelError
from accel.fixed import Fixed
from accel.ir.graph import Tensor

COLUMNS = 118


def loops(names: Sequence[str], sizes: Sequence[int], caller: Callable[[], str]) -> str:
    """What ``caller`` gives inside a loop for each name, the first outermost (a call block of Jinja)."""
    body = caller().rstrip("\n")
    for name, size in reversed(list(zip(names, sizes, strict=True))):
        head = f"for (int {name} = 0; {name} < {size}; ++{name}) {{"
        body = f"{head}\n{textwrap.indent(body, '    ')}\n}}"
    return body + "\n"


def names(shape: Sequence[int]) -> list[str]:
    """Loop variables over a tensor, the last one over its channels.

    Raises:
        AccelError: there are more axes than letters for them.
    """
    if len(shape) > 5:
        raise AccelError(f"a tensor of {by(shape)}; expected at most 5 axes")
    return [*"ijlm"[: len(shape) - 1], "c"]


def numbered(name: str, count: int) -> list[str]:
    """Names for several of a kind: ``in``, ``in2``, ``in3``."""
    return [name, *(f"{name}{k}" for k in range(2, count + 1))]


def signature(name: str, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> str:
    """A function that makes tensors of others: ``void name(const integer in[2], integer out[3])``."""
    taken = [f"const integer {own}{dims(t.shape)}" for own, t in zip(numbered("in", len(inputs)), inputs, strict=True)]
    given = [f"integer {own}{dims(t.shape)}" for own, t in zip(numbered("out", len(outputs)), outputs, strict=True)]
    return f"void {name}({', '.join([*taken, *given])})"


def quoted(name: object) -> str:
    """A string in C++."""
    return json.dumps("".join(letter for letter in str(name) if letter.isprintable()), ensure_ascii=False)


def dims(shape: Sequence[int]) -> str:
    """Sizes, or indices, in brackets: ``[28][28][1]``."""
    return "".join(f"[{size}]" for size in shape)


def by(shape: Sequence[int]) -> str:
    """``28 x 28 x 1``."""
    return " x ".join(map(str, shape))


def unit(fraction: int) -> str:
    """What an integer is counted in: ``1/2^15``."""
    return f"1/2^{fraction}" if fraction > 0 else f"2^{-fraction}" if fraction else "1"


def words(type_: Fixed) -> str:
    """A type and the unit of its integers."""
    return f"{type_} in units of {unit(type_.fraction)}"


def legend(rows: Sequence[tuple[str, str]]) -> str:
    """Comment lines that say what names stand for, aligned."""
    width = max(len(name) for name, _ in rows)
    lines = []
    for name, told in rows:
        lines += textwrap.wrap(
            told, COLUMNS, initial_indent=f"// {name:{width}}  ", subsequent_indent="//  " + " " * (width + 1)
        )
    return "\n".join(lines) + "\n"


def braced(values: np.ndarray, index: str = "", columns: int = COLUMNS) -> str:
    """An array's initialiser: as many of its rows in a line as there is room for; ``index`` names the outermost rows in
    comments, where they take several lines.
    """
    width = max(len(number(int(value))) for value in values.flat)
    return _braced(values, width, index, columns)


def _braced(values: np.ndarray, width: int, index: str, columns: int) -> str:
    if values.ndim == 1:
        text = ", ".join(number(int(value)).rjust(width) for value in values)
        if len(text) + 2 <= columns:
            return f"{{{text}}}"
        lines = _filled(values, width, columns - 4)
        return "{\n" + textwrap.indent(lines, "    ") + "\n}"
    rows = [_braced(row, width, "", columns - 4) for row in values]
    if "\n" not in (flat := "{" + ", ".join(rows) + "}") and len(flat) <= columns and not index:
        return flat
    several = index and any("\n" in row for row in rows)
    told = [f"// {index} = {k}\n{row}" if several else row for k, row in enumerate(rows)]
    return "{\n" + textwrap.indent(",\n".join(told), "    ") + "\n}"


def _filled(values: np.ndarray, width: int, columns: int) -> str:
    """Numbers in columns."""
    each = max(1, columns // (width + 2))
    texts = [number(int(value)).rjust(width) for value in values]
    return ",\n".join(", ".join(texts[start : start + each]) for start in range(0, len(texts), each))
