"""A block is one that says what it holds; everything else in a snapshot is an unfinished one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from backups.blocks import Block, blocks
from stack.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW = "01M8M0XGMRYR98FWQ9GTQ8DYTZ", "01M8M14B9H45KJHWW5YPRNV0PC"


def write(folder: Path, name: str, start: int, end: int, **stats: int) -> None:
    (folder / name).mkdir(parents=True)
    document: dict[str, Any] = {"ulid": name, "minTime": start, "maxTime": end, "version": 1, "stats": stats}
    (folder / name / "meta.json").write_text(json.dumps(document))


def test_the_oldest_comes_first_whatever_its_name(tmp_path: Path) -> None:
    write(tmp_path, NEW, 100, 200, numSamples=7, numSeries=2)
    write(tmp_path, OLD, 200, 300)

    assert blocks(tmp_path) == (Block(100, 200, NEW, 7, 2), Block(200, 300, OLD, 0, 0))
    assert blocks(tmp_path / "missing") == ()


@pytest.mark.parametrize("name", [f"{OLD}.tmp-for-creation", "wal", "01M8M0XGMRYR98FWQ9GTQ8DYT"])
def test_what_was_never_finished_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, 1, 2)

    with pytest.raises(Refused, match="no whole block"):
        blocks(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"minTime": 1}', '{"stats": []}'])
def test_one_that_does_not_say_what_it_holds_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / OLD).mkdir()
    (tmp_path / OLD / "meta.json").write_text(text)

    with pytest.raises(Refused, match="does not say what it holds"):
        blocks(tmp_path)


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [(0, 100, False), (0, 101, True), (150, 160, True), (199, 300, True), (200, 300, False)],
)
def test_the_end_of_a_block_is_no_part_of_it(start: float, end: float, overlaps: bool) -> None:
    assert Block(100, 200, OLD, 1, 1).overlaps(start, end) is overlaps
