"""The runtime's note: whatever cut a deploy off, it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.runtimes.protocol import State
from stack.runtimes.record import Record

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"release": 1, "unknown": 2}', "null"])
def test_a_missing_or_broken_note_counts_as_cut_off(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "state.json"
    if text is not None:
        path.write_text(text)

    assert Record.read(path) == Record()
    assert Record.read(path).state == State.ACTIVATING.value


def test_an_activation_goes_from_begun_to_proved_and_is_read_back(tmp_path: Path) -> None:
    begun = Record().begun("aaa", 1.0)
    proved = begun.ended().proven(2.0)
    proved.write(tmp_path / "state.json")

    assert [begun.state, begun.ended().state, proved.state] == ["activating", "active", "proved"]
    assert Record.read(tmp_path / "state.json") == proved


def test_what_is_proved_stays_so_when_another_release_begins() -> None:
    record = Record().begun("aaa", 1.0).ended().proven(2.0).begun("bbb", 3.0)

    assert (record.release, record.state) == ("bbb", "activating")
    assert set(record.proved) == {"aaa"}
    assert set(record.without({"aaa"}).activated) == {"bbb"}


def test_nothing_can_be_proved_before_anything_was_activated() -> None:
    assert Record().proven(1.0) == Record()
