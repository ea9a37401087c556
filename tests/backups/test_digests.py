"""A file that is the same is not read again; one that is another is."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from backups.digests import Digests
from backups.manifest import Entry
from stack.runtimes.store import digest

if TYPE_CHECKING:
    from pathlib import Path


def entry(data: bytes) -> Entry:
    return Entry(len(data), hashlib.sha256(data).hexdigest())


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the files that are really read."""
    names: list[str] = []

    def noted(path: Path) -> str:
        names.append(path.name)
        return digest(path)

    monkeypatch.setattr("backups.digests.digest", noted)
    return names


def test_a_hard_link_of_what_was_seen_is_not_read_again(tmp_path: Path, read: list[str]) -> None:
    block = tmp_path / "one" / "chunks"
    block.parent.mkdir()
    block.write_bytes(b"samples")
    first = Digests(tmp_path / "known.json")
    assert first.of(tmp_path / "one") == {"chunks": entry(b"samples")}
    first.keep()

    (tmp_path / "two").mkdir()
    os.link(block, tmp_path / "two" / "renamed")
    again = Digests(tmp_path / "known.json").of(tmp_path / "two")

    assert again == {"renamed": entry(b"samples")}
    assert read == ["chunks"]


def test_other_content_and_a_note_that_cannot_be_read_are_read(tmp_path: Path, read: list[str]) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "a").write_bytes(b"1")
    known = Digests(tmp_path / "known.json")
    known.of(folder)
    known.keep()
    (folder / "b").write_bytes(b"2")
    (folder / "b").replace(folder / "a")
    assert Digests(tmp_path / "known.json").of(folder) == {"a": entry(b"2")}

    (tmp_path / "known.json").write_text("[")
    assert Digests(tmp_path / "known.json").of(folder) == {"a": entry(b"2")}
    assert read == ["a", "a", "a"]
