"""Build folders: complete or absent."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from accel import cache
from accel.errors import AccelError


def test_half_a_build_is_not_a_build(tmp_path: Path) -> None:
    folder = tmp_path / "sim" / "icarus-0"

    def fail(path: Path) -> None:
        (path / "half").write_text("")
        raise AccelError("stopped")

    with pytest.raises(AccelError, match="stopped"):
        cache.built(folder, fail)
    assert not list(folder.parent.iterdir())
    assert cache.built(folder, lambda path: (path / "whole").write_text("")) == folder
    assert cache.built(folder, fail) == folder and (folder / "whole").is_file()


def test_two_builders_of_the_same_folder(tmp_path: Path) -> None:
    folder = tmp_path / "icarus-0"

    def slower(path: Path) -> None:
        cache.built(folder, lambda other: (other / "faster").write_text(""))
        (path / "slower").write_text("")

    cache.built(folder, slower)
    assert [file.name for file in folder.iterdir()] == ["faster"]
    assert [file.name for file in tmp_path.iterdir()] == ["icarus-0"]


def test_runs_replace_older_ones(tmp_path: Path) -> None:
    for text in ("old", "new"):
        temporary = tmp_path / "temporary"
        temporary.mkdir()
        (temporary / text).write_text("")
        cache.replaced(temporary, tmp_path / "run")
    assert [file.name for file in (tmp_path / "run").iterdir()] == ["new"]


def test_a_tree_is_told_by_places_and_contents_without_what_is_left_out(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_text("one")
    before = cache.tree_digest(tmp_path)
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "file").write_text("two")
    assert cache.tree_digest(tmp_path, but="built") == before != cache.tree_digest(tmp_path)
    (tmp_path / "a" / "file").rename(tmp_path / "built" / "one")
    assert cache.tree_digest(tmp_path, but="built") == cache.tree_digest(tmp_path / "absent") != before


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
