"""How a dashboard that is live differs from the one that was rendered."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.clients import grafana
from stack.clients.grafana.cleaning import EMPTY

LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    return [str(found) for found in grafana.differences(ours, theirs)]


MODELS = st.dictionaries(st.text(min_size=1, max_size=8), VALUES, max_size=4)


@given(MODELS, st.integers(), st.integers())
def test_a_model_differs_in_nothing_from_itself_as_a_server_gives_it_back(
    model: dict[str, Any], number: int, version: int
) -> None:
    assert differences(model, {**model, "id": number, "version": version}) == []


@given(MODELS, LEAVES.filter(lambda value: value not in EMPTY))
def test_one_field_more_is_one_line_on_either_side(model: dict[str, Any], value: object) -> None:
    longer = {**model, "a field of its own": value}
    assert differences(model, longer) == [f"a field of its own: nothing is live as {value!r}"]
    assert differences(longer, model) == [f"a field of its own: {value!r} is live as nothing"]


@pytest.mark.parametrize(
    ("ours", "theirs", "lines"),
    [
        ({"a": 1}, {"a": True}, ["a: 1 is live as True"]),
        ({"a": {"b": None}}, {"a": {}}, []),
        ({"steps": [1, 2]}, {"steps": [1]}, ["steps.1: 2 is live as nothing"]),
        (
            {"panels": [{"title": "A", "w": 1}, {"title": "B", "w": 2}]},
            {"panels": [{"title": "New"}, {"title": "A", "w": 1}, {"title": "B", "w": 3}]},
            ["panels.B.w: 2 is live as 3", "panels.New: nothing is live as {'title': 'New'}"],
        ),
        (
            {"panels": [{"title": "A", "w": 1}]},
            {"panels": [{"title": "A", "w": 1}, {"title": "A", "w": 2}]},
            ["panels.1: nothing is live as {'title': 'A', 'w': 2}"],
        ),
        (
            {"list": [{"name": "env"}, {"name": "gone"}, {"name": "job"}]},
            {"list": [{"name": "job"}, {"name": "env"}, {"name": "gone"}]},
            ["list, order: ['env', 'gone', 'job'] is live as ['job', 'env', 'gone']"],
        ),
    ],
    ids=["type", "nothing", "place", "name", "one name twice", "order"],
)
def test_differences_name_the_place_and_both_values(
    ours: dict[str, Any], theirs: dict[str, Any], lines: list[str]
) -> None:
    assert differences(ours, theirs) == lines
