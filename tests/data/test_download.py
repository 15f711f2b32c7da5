"""Downloads, from addresses on this machine."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zipfile
from dataclasses import replace

import pytest

from accel.data import download as downloads
from accel.data.download import Source, download
from accel.errors import AccelError


@pytest.fixture
def publish(tmp_path, monkeypatch):
    """Put a file where data set `name` is published and return its path."""

    def put(name, source_file, **checks):
        source = Source({source_file.as_uri(): source_file.name}, **{"sha256": {}, **checks})
        monkeypatch.setitem(downloads.SOURCES, name, source)
        return source_file

    return put


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "published.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name in ("top/recordings/0_theo_0.wav", "top/recordings/0_theo_1.wav", "top/recordings/._0_theo_0.wav"):
            file.writestr(name, b"sound")
        file.writestr("top/README.md", b"text")
    return path


WANTED = {"members": "recordings/*.wav", "count": 2, "folder": "recordings"}


def left(root):
    return sorted(path.name for path in root.iterdir())


def test_zip_is_unpacked_to_the_publishers_layout(tmp_path, publish, archive, heard):
    publish("fsdd", archive, **WANTED)
    folder = download("fsdd", tmp_path / "data", progress=heard)
    assert folder == tmp_path / "data" / "fsdd"
    assert left(folder / "recordings") == ["0_theo_0.wav", "0_theo_1.wav"] and left(tmp_path / "data") == ["fsdd"]
    assert heard.told[-1] == (archive.stat().st_size,) * 2


def test_a_data_set_that_is_there_is_left_alone(tmp_path, publish, archive):
    publish("fsdd", archive, **WANTED)
    first = download("fsdd", tmp_path / "data")
    archive.unlink()
    assert download("fsdd", tmp_path / "data") == first


def test_gzip_is_checked_by_its_content(tmp_path, publish):
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(b"images"))
    digest = hashlib.sha256(b"images").hexdigest()
    publish("mnist", path, sha256={path.name: digest})
    assert (download("mnist", tmp_path / "good") / path.name).read_bytes() == path.read_bytes()
    path.write_bytes(gzip.compress(b"other"))
    with pytest.raises(AccelError, match="not the published file"):
        download("mnist", tmp_path / "bad")
    assert left(tmp_path / "bad") == []


@pytest.mark.parametrize(("count", "content", "message"), [(3, None, "holds 2 files"), (2, b"<html>", "no such arch")])
def test_wrong_archive_leaves_nothing(tmp_path, publish, archive, count, content, message):
    publish("fsdd", archive, **WANTED | {"count": count})
    if content:
        archive.write_bytes(content)
    with pytest.raises(AccelError, match=message):
        download("fsdd", tmp_path / "data")
    assert left(tmp_path / "data") == []


def test_offline_is_one_clear_line(tmp_path, publish):
    publish("emodb", tmp_path / "nowhere.zip")
    with pytest.raises(AccelError, match="cannot fetch .* needs the internet") as caught:
        download("emodb", tmp_path / "data")
    assert "\n" not in str(caught.value) and left(tmp_path / "data") == []


def test_archives_of_the_other_kinds_are_unpacked(tmp_path, monkeypatch):
    content = tmp_path / "cifar-10-batches-bin"
    content.mkdir()
    for name in ("data_batch_1.bin", "test_batch.bin", "readme.html"):
        (content / name).write_bytes(b"0")
    with tarfile.open(tmp_path / "cifar10.tar.gz", "w:gz") as file:
        file.add(content, content.name)
    with zipfile.ZipFile(tmp_path / "adult.zip", "w") as file:
        for name in ("adult.data", "adult.test", "adult.names", "old.adult.names", "Index"):
            file.writestr(name, b"0")
    for name, archive, count in (("cifar10", "cifar10.tar.gz", 2), ("adult", "adult.zip", 2)):
        source = replace(downloads.SOURCES[name], files={(tmp_path / archive).as_uri(): archive}, count=count)
        monkeypatch.setitem(downloads.SOURCES, name, source)
        download(name, tmp_path / "data")
    assert left(tmp_path / "data" / "cifar10" / content.name) == ["data_batch_1.bin", "test_batch.bin"]
    assert left(tmp_path / "data" / "adult") == ["adult.data", "adult.test"]


def test_unknown_name_and_occupied_folder_are_refused(tmp_path):
    with pytest.raises(AccelError, match="unknown data set 'cifar': expected one of emodb, fsdd, mnist"):
        download("cifar", tmp_path)
    (tmp_path / "emodb").mkdir()
    with pytest.raises(AccelError, match="move it away"):
        download("emodb", tmp_path)
