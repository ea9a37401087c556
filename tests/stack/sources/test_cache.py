from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from stack.sources import _record
from stack.sources._cache import install, kept, scratch, sweep
from stack.sources._record import Record
from tests.doubles.programs import NODE_EXPORTER, Told, put, says, wanted

if TYPE_CHECKING:
    from pathlib import Path


def unpacked(folder: Path, version: str = "1.11.1", asked: str = "1.11.1") -> Record:
    put(folder, "node_exporter", says("node_exporter", version))
    paths = {"node_exporter": "node_exporter"}
    return Record(folder, "node_exporter", version, "upstream", asked, paths)


def store(cache: Path, told: Told, version: str = "1.11.1", asked: str = "1.11.1") -> Record:
    with scratch(cache) as folder:
        return install(unpacked(folder / "root", version, asked), told.place(cache))


def test_what_was_installed_is_found_without_reading_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = store(tmp_path, Told())
    assert record.folder == tmp_path / "node_exporter-1.11.1-upstream"
    monkeypatch.setattr(_record, "digest", None)
    assert kept(wanted(NODE_EXPORTER), Told().place(tmp_path), "upstream") == record
    assert kept(wanted(NODE_EXPORTER), Told().place(tmp_path), "debian") == "nothing in the cache"


def test_a_touched_program_is_read_once_more_and_known_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = store(tmp_path, Told())
    os.utime(record.path("node_exporter"), (1, 1))
    place = Told().place(tmp_path)
    assert isinstance(kept(wanted(NODE_EXPORTER), place, "upstream"), Record)
    monkeypatch.setattr(_record, "digest", None)
    assert isinstance(kept(wanted(NODE_EXPORTER), place, "upstream"), Record)


@pytest.mark.parametrize("damage", ["changed", "missing", "record cut", "record of another shape"])
def test_a_damaged_program_is_not_taken_and_what_replaces_it_says_so(tmp_path: Path, damage: str) -> None:
    told = Told()
    record = store(tmp_path, told)
    program, file = record.path("node_exporter"), record.folder / ".record.json"
    if damage == "changed":
        program.write_bytes(b"x" * program.stat().st_size)
    elif damage == "missing":
        program.unlink()
    else:
        file.write_bytes(b"[]" if damage == "record of another shape" else file.read_bytes()[:40])
    assert kept(wanted(NODE_EXPORTER), told.place(tmp_path), "upstream") == "nothing in the cache"
    assert not told.lines
    store(tmp_path, told)
    assert told.lines == ["node_exporter-1.11.1-upstream in the cache was damaged and has been fetched again"]
    assert isinstance(kept(wanted(NODE_EXPORTER), told.place(tmp_path), "upstream"), Record)
    assert [path.name for path in tmp_path.iterdir()] == ["node_exporter-1.11.1-upstream"]


def test_another_version_counts_only_as_the_answer_to_the_same_wish(tmp_path: Path) -> None:
    store(tmp_path, Told(), "1.9.0", asked="1.11.1")
    place = Told().place(tmp_path)
    assert isinstance(kept(wanted(NODE_EXPORTER), place, "upstream"), Record)
    assert isinstance(kept(wanted(NODE_EXPORTER, node_exporter="1.12.0"), place, "upstream"), str)
    assert isinstance(kept(wanted(NODE_EXPORTER, exact=True), place, "upstream"), str)
    exact = store(tmp_path, Told())
    assert kept(wanted(NODE_EXPORTER), place, "upstream") == exact


def test_the_same_program_for_another_wish_is_never_gone_for_a_moment(tmp_path: Path) -> None:
    first = store(tmp_path, Told())
    inode = first.folder.stat().st_ino
    again = store(tmp_path, told := Told(), asked="1.12.0")
    assert (again.folder, again.folder.stat().st_ino, told.lines) == (first.folder, inode, [])
    other = wanted(NODE_EXPORTER, node_exporter="1.12.0")
    assert kept(other, told.place(tmp_path), "upstream") == again


def test_an_installation_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(tmp_path, Told())
    with monkeypatch.context() as patch:
        patch.setattr(_record, "write_atomically", _disk_full)
        with pytest.raises(OSError, match="No space left"):
            store(tmp_path, Told())
    assert isinstance(kept(wanted(NODE_EXPORTER), Told().place(tmp_path), "upstream"), Record)
    assert [path.name for path in tmp_path.iterdir()] == ["node_exporter-1.11.1-upstream"]


def test_what_a_killed_run_left_half_unpacked_is_swept_away(tmp_path: Path) -> None:
    store(tmp_path, Told())
    put(tmp_path / ".unpack-dead/root", "node_exporter", b"half")
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["node_exporter-1.11.1-upstream"]


def _disk_full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")
