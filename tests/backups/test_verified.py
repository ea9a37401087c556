"""Every byte of a repository is read within ten runs, whatever becomes of the note of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backups.verified import SHARES, Verified

if TYPE_CHECKING:
    from pathlib import Path


def test_ten_runs_read_every_share_once_and_begin_anew(tmp_path: Path) -> None:
    note, read = tmp_path / "verified.json", []
    for number in range(2 * SHARES):
        known = Verified.read(note)
        read.append(known.share)
        known.done("abc", float(number), whole=False).write(note)

    assert read == [f"{share}/{SHARES}" for share in (*range(1, 11), *range(1, 11))]
    assert Verified.read(note) == Verified(SHARES, "abc", 19.0)


def test_a_run_that_reads_everything_takes_no_turn(tmp_path: Path) -> None:
    Verified(3, "old", 1.0).done("new", 2.0, whole=True).write(tmp_path / "note")

    assert Verified.read(tmp_path / "note") == Verified(3, "new", 2.0)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"turn": "x", "snapshot": 1, "at": 2}'])
def test_a_note_that_cannot_be_read_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "note").write_text(text)

    assert Verified.read(tmp_path / "note").share == f"1/{SHARES}"
