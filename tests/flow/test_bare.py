"""`accel c`: plain C++ of a small CRNN, compared with the integer model and the C simulation."""

from __future__ import annotations

from accel.bare import project
from accel.flow import bare


def test_every_integer_is_compared(outcome, workplace, request_, monkeypatch):
    monkeypatch.chdir(workplace)
    done = bare.run(request_)
    assert (done.frames, done.integers, done.wrong, done.first) == (bare.FRAMES, bare.FRAMES * 3, 0, None)
    assert done.folder == outcome.folder / "c"
    names = {file.name for file in done.folder.iterdir()}
    assert {"README.md", "main.cpp", "network.h", "fixed.h", "weights", "example.csv"} <= names
    assert sum(name.startswith("layer") for name in names) == len(outcome.graph.nodes)
    assert not [
        file for file in done.folder.rglob("*") if file.is_file() and file.suffix not in (".cpp", ".h", ".csv", ".md")
    ]


def test_a_wrong_weight_is_found(outcome, workplace, request_, monkeypatch):
    def damaged(*arguments):
        files = project_generate(*arguments)
        path = next(path for path in files if path.startswith("weights/") and "_conv" in path)
        return files | {path: files[path].replace("{ ", "{7", 1).replace("{-", "{ ", 1)}

    project_generate = project.generate
    monkeypatch.chdir(workplace)
    monkeypatch.setattr(project, "generate", damaged)
    done = bare.run(request_)
    assert done.wrong and done.first.startswith("frame ") and ": expected " in done.first
