"""Whatever a document holds, every question about it has an answer."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stack.documents import Leaf, dig, dotted, follow, leaves, mapping, mappings, strings

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
)


@given(documents)
def test_every_leaf_stands_where_its_path_says_and_none_is_told_twice(document: Any) -> None:
    found = list(leaves(document))

    assert all(follow(document, leaf.path) == leaf.value for leaf in found)
    assert not any(isinstance(leaf.value, dict | list) for leaf in found)
    assert len({leaf.path for leaf in found}) == len(found)


@given(documents)
def test_no_question_fails(document: Any) -> None:
    assert isinstance(mapping(document), dict)
    assert all(isinstance(entry, dict) for _, entry in mappings(document))
    assert all(isinstance(entry, str) for _, entry in strings(document))
    dig(document, "a", "b")
    assert follow(document, ("\0", 0)) is None


def test_leaves_come_in_the_order_of_the_document() -> None:
    document = {"b": [1, {"x": 2}], "a": "last"}

    assert [dotted(leaf.path) for leaf in leaves(document)] == ["b.0", "b.1.x", "a"]


def test_a_leaf_s_key_is_the_nearest_one() -> None:
    assert Leaf(("a", "targets", 0), "x").key == "targets"
    assert Leaf((0,), "x").key == ""


def test_positions_are_those_in_the_list() -> None:
    assert mappings([1, {"a": 1}, "x", {}]) == [(1, {"a": 1}), (3, {})]
    assert strings([1, "a", {}, "b"]) == [(1, "a"), (3, "b")]


def test_digging_stops_where_a_key_is_missing() -> None:
    assert dig({"a": {"b": 3}}, "a", "b") == 3
    assert dig({"a": {"b": 3}}, "a", "c", "d") is None
    assert dig({"a": [3]}, "a", "0") is None


def test_following_stops_where_there_is_nothing() -> None:
    document = {"a": [{"b": 3}], "c": {0: "x"}}

    assert follow(document, ("a", 0, "b")) == 3
    assert [follow(document, path) for path in (("a", 1), ("a", "b"), ("c", 0), ("a", 0, "b", 0))] == [
        None
    ] * 4
