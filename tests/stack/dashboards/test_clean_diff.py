"""A pulled edit is all that a diff of the file shows, whatever the dashboard and the way it is written."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.clients.grafana import differences
from stack.clients.grafana.differences import same
from stack.dashboards.merging import Clash, taken_over
from stack.dashboards.writing import written_like
from stack.emit import to_json
from tests.stack.dashboards.models import MODELS, VALUES, as_saved

STYLES = st.tuples(st.sampled_from([2, 4, "\t", None]), st.booleans(), st.sampled_from(["\n", ""]))


def text_of(model: dict[str, Any], style: tuple[Any, bool, str]) -> str:
    indent, ascii_only, end = style
    return json.dumps(model, indent=indent, ensure_ascii=ascii_only) + end


@given(MODELS)
def test_what_was_not_edited_is_given_back_as_it_is(model: dict[str, Any]) -> None:
    assert differences(model, as_saved(model)) == []
    assert json.dumps(taken_over(model, model, as_saved(model))) == json.dumps(model)


@given(MODELS, MODELS)
def test_taking_over_twice_is_taking_over_once(model: dict[str, Any], edited: dict[str, Any]) -> None:
    once = taken_over(model, model, as_saved(edited))
    assert differences(once, as_saved(edited)) == []
    assert json.dumps(taken_over(model, once, as_saved(edited)), sort_keys=True) == json.dumps(
        once, sort_keys=True
    )


@given(MODELS, VALUES.filter(lambda value: not same(None, value)))
def test_one_edit_changes_one_value_and_what_the_file_has_changed_stays(
    model: dict[str, Any], value: Any
) -> None:
    ours = {**model, "description": "of the file"}
    merged = taken_over(model, ours, {**as_saved(model), "edited": value})
    assert same(merged.pop("edited"), value)
    assert merged == ours


@given(MODELS, MODELS, MODELS)
def test_an_edit_is_taken_over_or_refused_and_the_file_never_loses_what_nobody_edited(
    base: dict[str, Any], ours: dict[str, Any], edited: dict[str, Any]
) -> None:
    live = as_saved({**edited, "other": base.get("other")})
    try:
        merged = taken_over(base, ours, live)
    except Clash:
        return
    assert same(merged.get("other"), ours.get("other"))


@pytest.mark.parametrize(
    ("base", "ours", "edited", "place"),
    [
        ({"a": 1}, {"a": 2}, {"a": 3}, "a"),
        ({"a": 1}, {}, {"a": 3}, "a"),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, {"a": {}}, "a.b"),
        (
            {"panels": [{"title": "A", "x": 1}]},
            {"panels": []},
            {"panels": [{"title": "A", "x": 2}]},
            "panels.A",
        ),
        ({"steps": [1, 2]}, {"steps": [1, 2, 3]}, {"steps": [1, 9]}, "steps"),
    ],
)
def test_what_both_sides_have_changed_is_a_clash_that_names_its_place(
    base: dict[str, Any], ours: dict[str, Any], edited: dict[str, Any], place: str
) -> None:
    with pytest.raises(Clash) as clash:
        taken_over(base, ours, edited)
    assert str(clash.value) == place


@given(MODELS, STYLES)
def test_a_file_is_written_back_byte_by_byte(model: dict[str, Any], style: tuple[Any, bool, str]) -> None:
    text = text_of(model, style)
    assert written_like(text, copy.deepcopy(model)).decode() == text


@given(MODELS, MODELS, STYLES)
def test_what_is_written_is_what_was_meant_in_a_stable_way(
    model: dict[str, Any], other: dict[str, Any], style: tuple[Any, bool, str]
) -> None:
    written = written_like(text_of(model, style), other)
    assert json.loads(written) == other
    assert written_like(written.decode(), other) == written


@pytest.mark.parametrize("text", ["", "{", '{"a":1}', '{ "a": 1}', '{"a": 1}\n\n', "\ufeff{}"])
def test_what_cannot_be_written_back_becomes_what_we_write(text: str) -> None:
    assert written_like(text, {"b": 1, "a": 2}) == to_json({"a": 2, "b": 1})


@pytest.mark.parametrize(
    ("text", "new", "written"),
    [
        ('{"a": 1, "c": 2}', {"c": 2, "b": 3, "a": 1}, '{"a": 1, "b": 3, "c": 2}'),
        ('{"c": 1, "a": 2}', {"a": 2, "b": 3, "c": 1}, '{"c": 1, "a": 2, "b": 3}'),
        (
            '{"l": [{"title": "A", "b": 1, "a": 1}]}',
            {"l": [{"title": "N"}, {"a": 1, "b": 1, "title": "A"}]},
            '{"l": [{"title": "N"}, {"title": "A", "b": 1, "a": 1}]}',
        ),
    ],
    ids=["sorted", "their own order", "by title"],
)
def test_keys_keep_their_order(text: str, new: dict[str, Any], written: str) -> None:
    assert written_like(text, new).decode() == written
