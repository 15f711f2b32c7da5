"""Many networks of one layer, each as its folder of C++, compiled to one program: a compiler takes longer to start than
for a layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from accel.bare import build, project
from accel.bare.text import dims
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
        """What each network gives for its raw frames (frames, *input shape)."""
        given = [np.array([len(x)]).astype("<i8").tobytes() + x.astype("<i8").tobytes() for x in frames.values()]
        source, target = self.program.with_suffix(".in"), self.program.with_suffix(".out")
        source.write_bytes(b"".join(given))
        tools.run(["sh", "-c", f"./{self.program.name} < {source.name} > {target.name}"], source.parent, "running")
        made, start, results = np.fromfile(target, "<i8"), 0, {}
        for name, x in frames.items():
            shape = (len(x), *self.graphs[name].output.shape)
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
        files = [f'#include "{name}/{file.name}"' for file in sorted((folder / name).glob("layer*.cpp"))]
        parts.append("\n".join([f"namespace {name} {{", *files, f'#include "{name}/network.cpp"', "}"]))
        calls.append(_call(name, graph))
    main = folder / "all.cpp"
    main.write_text("\n".join([*parts, "int main() {", *calls, "}", ""]))
    program = folder / "all"
    tools.run([str(tools.compiler().path), *build.FLAGS, "-O0", str(main), "-o", str(program)], folder, "compiling")
    return Together(program, graphs)


def _call(name: str, graph: Graph) -> str:
    first, last = (f"{end}{'[0]' * len(t.shape)}" for end, t in (("in", graph.input), ("out", graph.output)))
    return f"""    {{
        std::int64_t count;
        get(&count, 1);
        static {name}::integer in{dims(graph.input.shape)};
        static {name}::integer out{dims(graph.output.shape)};
        while (count-- > 0) {{
            get(&{first}, {graph.input.size});
            {name}::network(in, out);
            put(&{last}, {graph.output.size});
        }}
    }}"""
