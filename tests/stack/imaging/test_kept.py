"""Layers of packages are made once; a damaged one, or one of other inputs, is made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.imaging.kept import forget, kept
from stack.imaging.layer import plain
from tests.doubles.programs import Told

if TYPE_CHECKING:
    from pathlib import Path

    from stack.imaging.layer import Entry


class Maker:
    """Counts how often it was asked."""

    def __init__(self, text: bytes = b"a") -> None:
        self.asked, self.text = 0, text

    def __call__(self) -> dict[str, Entry]:
        self.asked += 1
        return {"etc/a": plain(self.text)}


def test_a_layer_is_made_once_and_known_again(tmp_path: Path) -> None:
    place, make = Told().place(tmp_path / "cache"), Maker()
    first = kept("base", "aa", place, make)

    assert kept("base", "aa", place, make) == first
    assert make.asked == 1
    assert first.path.is_relative_to(tmp_path / "cache/layers")


def test_other_inputs_take_its_place(tmp_path: Path) -> None:
    place, make = Told().place(tmp_path / "cache"), Maker()
    first = kept("base", "aa", place, make)
    second = kept("base", "bb", place, Maker(b"b"))
    kept("python", "cc", place, make)

    assert not first.path.exists()
    assert {path.name.split("-")[0] for path in (tmp_path / "cache/layers").iterdir()} == {"base", "python"}
    assert second.digest != first.digest


def test_a_damaged_one_is_made_anew(tmp_path: Path) -> None:
    place, make = Told().place(tmp_path / "cache"), Maker()
    first = kept("base", "aa", place, make)
    first.path.write_bytes(first.path.read_bytes()[:-1] + b"x")

    assert kept("base", "aa", place, make) == first
    assert make.asked == 2


def test_all_are_forgotten_where_fresh_packages_are_wanted(tmp_path: Path) -> None:
    place, make = Told().place(tmp_path / "cache"), Maker()
    forget(place)
    kept("base", "aa", place, make)
    forget(place)
    kept("base", "aa", place, make)

    assert make.asked == 2


def test_one_that_cannot_be_made_leaves_the_old_one_and_nothing_half_done(tmp_path: Path) -> None:
    place = Told().place(tmp_path / "cache")
    first = kept("base", "aa", place, Maker())

    def full() -> dict[str, Entry]:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        kept("base", "bb", place, full)
    assert first.path.exists()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["layers"]
