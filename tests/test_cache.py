"""Build folders: complete or absent."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from accel import cache
from accel.errors import AccelError

ROOT = Path(__file__).parents[1]


def names(folder: Path) -> list[str]:
    """What is to be seen in a folder."""
    return sorted(path.name for path in folder.glob("[!.]*"))


def fail(_: Path) -> None:
    raise AccelError("stopped")


def writes(name: str, text: str = "") -> Callable[[Path], None]:
    return lambda path: (path / name).write_text(text)


def test_half_a_build_is_not_a_build(tmp_path: Path) -> None:
    folder = tmp_path / "sim" / "icarus-0"

    def half(path: Path) -> None:
        (path / "half").write_text("")
        fail(path)

    with pytest.raises(AccelError, match="stopped"):
        cache.built(folder, half)
    assert not list(folder.parent.iterdir())
    assert cache.built(folder, writes("whole")) == folder
    assert cache.built(folder, fail) == folder and names(folder) == ["whole"]
    assert not list(folder.parent.glob(f"{cache.DRAFTS}*"))


def test_two_builders_of_the_same_folder(tmp_path: Path) -> None:
    folder = tmp_path / "icarus-0"

    def slower(path: Path) -> None:
        cache.built(folder, writes("faster"))
        writes("slower")(path)

    cache.built(folder, slower)
    assert names(folder) == ["faster"] and names(tmp_path) == ["icarus-0"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "part" / "program").write_text("cod"),
        lambda folder: (folder / "part" / "program").write_text("cofe"),
        lambda folder: (folder / "part" / "program").unlink(),
        lambda folder: (folder / "more").write_text(""),
        lambda folder: (folder / cache.SEAL).unlink(),
        shutil.rmtree,
    ],
    ids=["truncated", "altered", "missing", "more", "never sealed", "gone"],
)
def test_a_damaged_build_is_made_anew(damage: Callable[[Path], None], tmp_path: Path) -> None:
    def build(path: Path) -> None:
        (path / "part").mkdir()
        (path / "part" / "program").write_text("code")

    folder = cache.built(tmp_path / "verilator-0", build)
    (folder / cache.RUN).mkdir()
    (folder / cache.RUN / "sim.log").write_text("left by a run")
    assert cache.built(folder, fail) == folder
    damage(folder)
    assert (cache.built(folder, build) / "part" / "program").read_text() == "code"
    assert names(folder) == ["part"] and names(tmp_path) == ["verilator-0"]


def test_folders_replace_older_ones_and_have_usual_modes(tmp_path: Path) -> None:
    for text in ("old", "new"):
        with cache.scratch(tmp_path) as drafts:
            (drafts / "run").mkdir()
            (drafts / "run" / text).write_text("")
            cache.replace(drafts / "run", tmp_path / "run")
    built = cache.built(tmp_path / "built", writes("file"))
    file = cache.write(tmp_path / "folder" / "file", "text")
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["new"]
    assert file.read_text() == "text" and not list(tmp_path.rglob(f"{cache.DRAFTS}*"))
    umask = os.umask(0)
    os.umask(umask)
    for folder in (tmp_path / "run", built, file.parent):
        assert folder.stat().st_mode & 0o777 == 0o777 & ~umask
    assert file.stat().st_mode & 0o777 == 0o666 & ~umask


DRAFT = """
import sys
from pathlib import Path
from accel import cache
with cache.scratch(Path(sys.argv[1])) as drafts:
    (drafts / "half").touch()
    sys.stdout.write(drafts.name + "\\n")
    sys.stdout.flush()
    sys.stdin.read()
"""


def test_drafts_of_killed_processes_go_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DRAFT, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}
    with subprocess.Popen(command, text=True, **pipes) as dead, subprocess.Popen(command, text=True, **pipes) as living:
        left = {process: tmp_path / process.stdout.readline().strip() for process in (dead, living)}
        dead.kill()
        dead.wait()
        assert (left[dead] / "half").exists()
        with cache.scratch(tmp_path) as ours:
            assert sorted(tmp_path.iterdir()) == sorted([left[living], ours])
        assert [path.name for path in left[living].glob("[!.]*")] == ["half"]
        living.stdin.close()
    assert not list(tmp_path.iterdir())


BUILD = """
import sys
from pathlib import Path
from accel import cache
for place in range(100):
    folder = cache.built(Path(sys.argv[1]) / str(place), lambda made: (made / "program").write_text("code"))
    assert (folder / "program").read_text() == "code"
"""


def test_processes_that_build_the_same_at_once_never_miss_it(tmp_path: Path) -> None:
    """Half of the builds are there, and damaged."""
    for place in range(0, 100, 2):
        (cache.built(tmp_path / str(place), writes("program", "code")) / "program").write_text("co")
    command = [sys.executable, "-c", BUILD, str(tmp_path)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    processes = [subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate()[1] for process in processes] == [""] * 4
    assert len(names(tmp_path)) == 100 and not list(tmp_path.glob(f"{cache.DRAFTS}*"))


def test_a_tree_is_told_by_places_and_contents_without_what_is_left_out(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_text("one")
    before = cache.tree_digest(tmp_path)
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "file").write_text("two")
    assert cache.tree_digest(tmp_path, "built") == before != cache.tree_digest(tmp_path)
    (tmp_path / "a" / "file").rename(tmp_path / "built" / "one")
    assert cache.tree_digest(tmp_path, "built") == cache.tree_digest(tmp_path / "absent") != before


def test_a_folder_is_held_by_one_at_a_time_even_where_it_is_removed(tmp_path: Path) -> None:
    waiting, folder = Event(), tmp_path / "design"

    def second() -> bool:
        with cache.alone(folder, waiting.set):
            return folder.is_dir()

    with ThreadPoolExecutor() as pool:
        with cache.alone(folder):
            other = pool.submit(second)
            assert waiting.wait(10) and not other.done()
            shutil.rmtree(folder)
        assert other.result(10)
