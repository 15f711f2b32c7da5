"""A whole folder as its reader has it: compiled without a warning, fed with text, images and integers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from accel.bare import build, project
from accel.bare.worked import worked
from accel.errors import AccelError
from accel.fixed import Fixed, Overflow, Rounding, from_float, to_float
from accel.ir import golden
from accel.ir.graph import Cast, Conv, Dense, Graph, Reshape, Tensor, chain
from tests.rtl import random_graphs as make
from tests.rtl import test_top

RNG = np.random.default_rng(3)
CLASSES = ("cat", "dog", 'a "cow"\n')


def network() -> Graph:
    """An image of 4 x 5 pixels to three scores."""
    conv = make.conv(RNG, (4, 5, 1), (3, 3), (1, 1), (1, 1, 1, 1), 2, 1, x="ufixed<9,1,RND,SAT>").nodes[0]
    relu = Cast("double", conv.output, Tensor((4, 5, 2), Fixed.parse("ufixed<8,4>")), relu=True)
    flat = Reshape("flatten", relu.output, Tensor((40,), relu.output.type))
    dense = make.dense(RNG, 40, 3, 1, x="ufixed<8,4>", acc="fixed<22,14>", y="fixed<12,8,RND,SAT>").nodes[0]
    return chain("accel_top", conv, relu, flat, dense)


GRAPH = network()
PIXELS = RNG.integers(0, 256, (3, 4, 5, 1))
FRAMES = from_float(PIXELS / 255, GRAPH.input.type)


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Path:
    """The compiled folder, in it `small`."""
    folder = tmp_path_factory.mktemp("program")
    files = project.generate(GRAPH, "small", CLASSES, project.Example(FRAMES[0], "made up"))
    return build.compiled(project.write(files, folder / "c"), folder)


def printed(program: Path, *arguments: str) -> tuple[int, list[list[str]]]:
    done = subprocess.run([program, *arguments], cwd=program.parent, capture_output=True, text=True)
    return done.returncode, [line.split() for line in (done.stdout + done.stderr).splitlines()]


def scores(lines: list[list[str]]) -> list[int]:
    return [int(words[-2]) for words in lines if words[0] != "class:"]


def test_many_frames_of_integers(program):
    assert np.array_equal(build.outputs(program, FRAMES, (3,)), golden.predict(GRAPH, FRAMES))


def test_the_example_is_the_frame_and_the_class_is_the_largest_score(program):
    status, lines = printed(program, "c/example.csv")
    (expected,) = golden.predict(GRAPH, FRAMES[:1])
    assert status == 0 and scores(lines) == expected.tolist()
    assert float(lines[0][-1]) == pytest.approx(to_float(expected, GRAPH.output.type)[0])
    assert " ".join(lines[3][1:]) == ("cat", "dog", 'a "cow"')[int(expected.argmax())]


def test_numbers_are_called_by_their_names_and_decide_nothing():
    decided, numbers = (project.generate(GRAPH, "small", CLASSES, decides=own)["main.cpp"] for own in (True, False))
    assert "class: " in decided and "class" not in numbers and "NAMES[k]" in numbers


def test_text_with_several_frames_as_numbers_and_as_integers(program):
    expected = golden.predict(GRAPH, FRAMES).reshape(-1).tolist()
    texts = {"numbers.csv": PIXELS / 255, "integers.txt": FRAMES}
    for name, values in texts.items():
        (program.parent / name).write_text("\n".join(" ; ".join(map(str, row.reshape(-1).tolist())) for row in values))
    assert scores(printed(program, "numbers.csv")[1]) == expected
    assert scores(printed(program, "--integers", "integers.txt")[1]) == expected


@pytest.mark.parametrize("white", [255, 1000])
@pytest.mark.parametrize("kind", ["P2", "P5"])
def test_images(program, kind, white):
    pixels = RNG.integers(0, white + 1, (4, 5))
    pixels[0, 0] = 10  # a line feed, as a byte
    text = f"{kind}\n# a comment\n5 4\n{white}\n".encode()
    wide = pixels.astype(">u2" if white > 255 else "u1").tobytes()
    (program.parent / "image.pgm").write_bytes(
        text + (wide if kind == "P5" else str(pixels)[1:-1].translate({91: " ", 93: " "}).encode())
    )
    status, lines = printed(program, "image.pgm")
    frame = from_float(pixels / white, GRAPH.input.type).reshape(1, 4, 5, 1)
    assert status == 0 and scores(lines) == golden.predict(GRAPH, frame).reshape(-1).tolist()


@pytest.mark.parametrize(
    ("content", "arguments", "told"),
    [
        ("1 2 3", [], "3 numbers; expected 20, or several frames of as many"),
        ("1 " * 19 + "x", [], "'x' is no number"),
        ("nan " * 20, [], "a number that is too large, or none"),
        ("512 " * 20, ["--integers"], "an integer that no ufixed<9,1,RND,SAT> has"),
        ("P5 4 5 255 ....................", [], "expected an image of 5 x 4 pixels"),
        ("P5 5 4 255 ...", [], "ends within the image"),
        ("", ["--neither"], "cannot be read"),
        ("", ["a", "b"], "expected a file with a frame"),
    ],
)
def test_what_is_no_frame_is_refused_in_a_line(program, content, arguments, told):
    (program.parent / "given").write_text(content)
    names = ["absent"] if arguments == ["--neither"] else [*arguments, "given"]
    status, lines = printed(program, *names)
    assert status == 2 and len(lines) == 1 and told in " ".join(lines[0])


def test_half_a_frame_of_integers_is_refused(program):
    (program.parent / "half.bin").write_bytes(bytes(8 * 21))
    status, (line,) = printed(program, "--raw", "half.bin", "out.bin")
    assert status == 2 and "no whole frames" in " ".join(line)


def test_the_followed_number_is_the_layers(program):
    found = worked(GRAPH, FRAMES[0])
    node = GRAPH.nodes[0]
    assert isinstance(node, Conv) and found.place == 1 and found.left == 0
    assert found.sum == found.bias + sum(value * weight for _, value, _, weight in found.products)
    made = golden.evaluate(node, FRAMES[:1])[0]
    index = tuple(int(k) for k in found.output.removeprefix("out[").rstrip("]").split("]["))
    assert found.result == made[index]
    readme = (program.parent / "c" / "README.md").read_text()
    assert f"becomes **{found.result}**" in readme and f"| sum | | | | {found.sum} |" in readme
    dense = GRAPH.nodes[-1]
    assert isinstance(dense, Dense)
    shown = worked(chain("d", dense), make.frames(RNG, chain("d", dense), 3)[2])
    assert len(shown.products) == 12 and shown.left == 28


MAIN = """
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>
"""


def test_numbers_are_rounded_as_the_inputs_type_says(tmp_path: Path):
    """``quantised`` of read.cpp for inputs of every rounding, in one program, against the integer model's own."""
    types = {r.value: Fixed(8, 6, True, r, Overflow.SAT) for r in Rounding}
    parts, calls = [MAIN], []
    for name, type_ in types.items():
        files = project.generate(make.single(Reshape("flat", Tensor((4,), type_), Tensor((4,), type_))), name)
        # To the compiler, headers with one text are one file.
        files = {path: text.replace("#pragma once", f"#pragma once  // {name}") for path, text in files.items()}
        project.write(files, tmp_path / name)
        parts.append(
            f'namespace {name} {{\n#include "{name}/read.cpp"\nvoid fail(const std::string &) {{ std::exit(2); }}\n}}'
        )
        calls.append(f'std::printf("%lld ", static_cast<long long>({name}::quantised(value)));')
    body = f"double value;\nwhile (std::fread(&value, 8, 1, stdin) == 1) {{ {' '.join(calls)} }}"
    (tmp_path / "all.cpp").write_text("\n".join([*parts, f"int main() {{ {body} }}", ""]))
    program = build.compiled(tmp_path, tmp_path)
    values = np.concatenate(
        [np.arange(-24, 25) / 8, RNG.normal(size=200), [-0.125 + 2**-40, 0.125 - 2**-40, 1e6, -1e6]]
    )
    text = subprocess.run([program], input=values.astype("<f8").tobytes(), capture_output=True, check=True).stdout
    made = np.array(text.split(), int).reshape(len(values), -1).T
    for row, type_ in zip(made, types.values(), strict=True):
        assert np.array_equal(row, from_float(values, type_)), type_


def test_several_inputs_and_outputs(tmp_path: Path):
    graph = test_top.network()
    frames = make.frames(RNG, graph, 3)
    files = project.generate(graph, "several", example=project.Example(frames[2], "made up"))
    program = build.compiled(project.write(files, tmp_path / "c"), tmp_path)
    expected = golden.predict(graph, frames)
    assert np.array_equal(build.outputs(program, frames, expected.shape[1:]), expected)
    status, lines = printed(program, "c/example.csv")
    assert status == 0 and [words[0] for words in lines if len(words) == 1] == ["moved", "end"]
    assert scores([words for words in lines if len(words) > 1]) == expected[2].tolist()
    frames[0, -1] = 32  # the last input has 5 bits without a sign
    (tmp_path / "given").write_text(" ".join(map(str, frames[0])))
    status, (line,) = printed(program, "--integers", "given")
    assert status == 2 and line[-2:] == ["ufixed<5,5>", "has"]


def test_an_output_that_no_layer_makes_alone_is_refused():
    conv, relu, *_ = GRAPH.nodes
    for outputs in [(relu.output, relu.output), (relu.output, *GRAPH.inputs)]:
        graph = Graph("net", GRAPH.inputs, (conv, relu), outputs)
        with pytest.raises(AccelError, match=f"output '{outputs[-1].name}' is an input or another output"):
            project.generate(graph, "net")
