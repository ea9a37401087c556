"""Trees: content has a name, a place, and a difference."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.tree import Tree, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

NAMES = st.text("abc", min_size=1, max_size=3).map(lambda name: f"{name}/file")
TREES = st.dictionaries(NAMES, st.binary(max_size=20), max_size=4).map(Tree)


@given(TREES, TREES)
def test_two_trees_have_one_digest_exactly_when_their_files_are_equal(one: Tree, other: Tree) -> None:
    assert (one.digest == other.digest) == (dict(one.files) == dict(other.files))


@given(TREES, TREES)
def test_a_diff_is_empty_exactly_when_the_text_is_equal(one: Tree, other: Tree) -> None:
    texts = [
        {p: d.decode(errors="replace").splitlines() for p, d in t.files.items() if d} for t in (one, other)
    ]

    assert (not list(one.diff(other))) == (texts[0] == texts[1])


def test_moving_a_byte_from_one_file_to_the_next_is_another_tree() -> None:
    assert Tree({"a": b"xy", "b": b"z"}).digest != Tree({"a": b"x", "b": b"yz"}).digest


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    tree = Tree({"prometheus/prometheus.yml": b"global: {}\n", "a.json": b"{}"})
    tree.write(tmp_path / "release")

    assert Tree.read(tmp_path / "release") == tree


def test_a_diff_names_files_that_come_and_go() -> None:
    lines = list(Tree({"new": b"a\n"}).diff(Tree({"old": b"b\n"})))

    assert lines == [
        "--- /dev/null",
        "+++ b/new",
        "@@ -0,0 +1 @@",
        "+a",
        "--- a/old",
        "+++ /dev/null",
        "@@ -1 +0,0 @@",
        "-b",
    ]


def test_a_failed_write_keeps_the_old_content_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "state.json"
    write_atomically(target, b"old")

    def no_space(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(target, b"new")

    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_secret_file_is_never_readable_by_others_not_even_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def look(descriptor: int) -> None:
        seen.append(os.fstat(descriptor).st_mode & 0o777)

    monkeypatch.setattr(os, "fsync", look)
    write_atomically(tmp_path / "secret", b"x", mode=0o600)

    assert seen == [0o600]
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
