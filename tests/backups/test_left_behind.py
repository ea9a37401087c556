"""What a run makes on a server is gone behind it, also behind one that was killed, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backups.left_behind import left_nothing
from stack.runtimes.store import FolderStore

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a server's folder in which somebody has a snapshot of his own."""
    made = tmp_path / "data" / "snapshots"
    (made / "theirs").mkdir(parents=True)
    return made


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def fails(store: FolderStore, folder: Path, note: Path) -> None:
    with left_nothing(store, "snapshots", note):
        (folder / "half").mkdir()
        message = "the server is gone"
        raise OSError(message)


def test_what_was_made_is_removed_also_where_it_failed(tmp_path: Path, folder: Path) -> None:
    store, note = FolderStore(tmp_path / "data"), tmp_path / "note.json"
    with left_nothing(store, "snapshots", note):
        (folder / "ours").mkdir()
    assert names(folder) == ["theirs"]

    with pytest.raises(OSError, match="gone"):
        fails(store, folder, note)
    assert names(folder) == ["theirs"]
    assert not note.exists()


def test_what_a_killed_run_has_left_goes_with_the_next(tmp_path: Path, folder: Path) -> None:
    store, note = FolderStore(tmp_path / "data"), tmp_path / "note.json"
    note.write_text('["theirs"]')
    (folder / "left").mkdir()

    with left_nothing(store, "snapshots", note):
        assert names(folder) == ["theirs"]
    assert names(folder) == ["theirs"]


def test_without_a_note_that_can_be_read_nothing_is_known_to_be_ours(tmp_path: Path, folder: Path) -> None:
    note = tmp_path / "note.json"
    note.write_text("[")
    (folder / "another").mkdir()

    with left_nothing(FolderStore(tmp_path / "data"), "snapshots", note):
        pass
    assert names(folder) == ["another", "theirs"]
