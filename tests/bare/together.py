"""Many small networks, each as its folder of C++, compiled to one program: a compiler takes longer to start than
for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from accel.bare import build, project
from accel.bare.text import dims, numbered
from accel.ir import golden
from accel.ir.graph import Graph
from accel.sim import tools

HEAD = """
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

template <class I> void get(I *values, std::size_t count) {
    for (std::size_t k = 0; k < count; ++k) {
        std::int64_t value;
        if (std::fread(&value, 8, 1, stdin) != 1) {
            std::exit(3);
        }
        values[k] = value;
    }
}

template <class I> void put(const I *values, std::size_t count) {
    for (std::size_t k = 0; k < count; ++k) {
        const std::int64_t value = static_cast<std::int64_t>(values[k]);
        std::fwrite(&value, 8, 1, stdout);
    }
}
"""


@dataclass(frozen=True, eq=False)
class Together:
    """The program of some networks, by name."""

    program: Path
    graphs: dict[str, Graph]

    def outputs(self, frames: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What each network gives for its raw frames."""
        given = [np.array([len(x)]).astype("<i8").tobytes() + x.astype("<i8").tobytes() for x in frames.values()]
        source, target = self.program.with_suffix(".in"), self.program.with_suffix(".out")
        source.write_bytes(b"".join(given))
        tools.run(["sh", "-c", f"./{self.program.name} < {source.name} > {target.name}"], source.parent, "running")
        made, start, results = np.fromfile(target, "<i8"), 0, {}
        for name, x in frames.items():
            shape = (len(x), *golden.shape_of(self.graphs[name].outputs))
            results[name] = made[start : start + int(np.prod(shape))].reshape(shape)
            start += int(np.prod(shape))
        assert start == len(made)
        return results


def together(graphs: dict[str, Graph], folder: Path) -> Together:
    """Write and compile all of them; AccelError where the compiler warns."""
    parts, calls = [HEAD], []
    for name, graph in graphs.items():
        files = project.generate(graph, name)
        # To the compiler, headers with one text are one file.
        files = {path: text.replace("#pragma once", f"#pragma once  // {name}") for path, text in files.items()}
        project.write(files, folder / name)
        layers = [_apart(path, files, name) for path in files if path.startswith("layer")]
        parts.append("\n".join([f"namespace {name} {{", *layers, f'#include "{name}/network.cpp"', "}"]))
        calls.append(_call(name, graph))
    main = folder / "all.cpp"
    main.write_text("\n".join([*parts, "int main() {", *calls, "}", ""]))
    program = folder / "all"
    tools.run([str(tools.compiler().path), *build.FLAGS, "-O0", str(main), "-o", str(program)], folder, "compiling")
    return Together(program, graphs)


def _apart(path: str, files: dict[str, str], name: str) -> str:
    """A layer's file; its constants are called otherwise than those of the layers before it."""
    own = path.removesuffix(".cpp")
    constants = re.findall(r"static const integer (\w+)", files.get(f"weights/{own}.h", ""))
    before = "".join(f"#define {constant} {own}_{constant}\n" for constant in constants)
    behind = "".join(f"#undef {constant}\n" for constant in constants)
    return f'{before}#include "{name}/{path}"\n{behind}'


def _call(name: str, graph: Graph) -> str:
    ends = [("in", graph.inputs), ("out", graph.outputs)]
    taken, given = (list(zip(numbered(end, len(tensors)), tensors, strict=True)) for end, tensors in ends)
    arrays = "\n".join(f"static {name}::integer {own}{dims(t.shape)};" for own, t in (*taken, *given))
    gets, puts = (
        "\n".join(f"{verb}(&{own}{'[0]' * len(t.shape)}, {t.size});" for own, t in those)
        for verb, those in (("get", taken), ("put", given))
    )
    called = ", ".join(own for own, _ in (*taken, *given))
    return f"""{{
std::int64_t count;
get(&count, 1);
{arrays}
while (count-- > 0) {{
{gets}
{name}::network({called});
{puts}
}}
}}"""
