"""Thresholds, words, colours and the numbers of a series, as panels name them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.dashboards.panels import Panel
from stack.dashboards.pictures.colours import GREY, colour, palette
from stack.dashboards.pictures.looks import Look
from stack.dashboards.pictures.reducing import calculations, reduced

GREEN, RED = "#56A64B", "#E02F44"
STEPS = {"steps": [{"value": None, "color": "green"}, {"value": 80, "color": "red"}]}
WORDS = [
    {"type": "value", "options": {"1": {"text": "up", "color": "green"}, "0": {"text": "down"}}},
    {"type": "range", "options": {"from": 5, "to": 9, "result": {"text": "many", "color": "#123456"}}},
    {"type": "special", "options": {"match": "nan", "result": {"text": "none"}}},
]


def look(defaults: dict[str, Any], *overrides: dict[str, Any]) -> Look:
    return Look.of(Panel({"fieldConfig": {"defaults": defaults, "overrides": list(overrides)}}, ""))


@pytest.mark.parametrize(
    ("name", "shade"),
    [
        ("green", GREEN),
        ("semi-dark-red", "#C4162A"),
        ("light-blue", "#5794F2"),
        ("#abcdef", "#abcdef"),
        ("rgba(255, 0, 16, 0.5)", "#ff0010"),
        ("transparent", GREY),
        ("red;}", GREY),
        (None, GREY),
    ],
)
def test_a_colour_is_known_by_name_or_number_and_nothing_else_reaches_the_page(
    name: object, shade: str
) -> None:
    assert colour(name) == shade


def test_thresholds_colour_values_from_each_step_on() -> None:
    found = look({"thresholds": STEPS, "unit": "percent"})

    assert [found.shade(value) for value in (-1, 79.9, 80, 100)] == [GREEN, GREEN, RED, RED]
    assert (found.lines, found.text(80)) == ([(80.0, RED)], "80%")
    assert look({}).shade(1) == ""


def test_words_stand_for_values() -> None:
    found = look({"mappings": WORDS, "thresholds": STEPS})

    assert [found.text(value) for value in (1, 0, 6, 3)] == ["up", "down", "many", "3"]
    assert [found.shade(value) for value in (1, 0, 6, 3)] == [GREEN, GREEN, "#123456", GREEN]


def test_an_override_changes_the_look_of_what_it_names() -> None:
    unit = [{"id": "unit", "value": "bytes"}, {"id": "custom.lineWidth", "value": 3}]
    fixed = [{"id": "color", "value": {"mode": "fixed", "fixedColor": "red"}}]
    found = look(
        {"unit": "s", "custom": {"lineWidth": 1}},
        {"matcher": {"id": "byName", "options": "Memory"}, "properties": unit},
        {"matcher": {"id": "byRegexp", "options": "/^Mem/"}, "properties": fixed},
        {"matcher": {"id": "byRegexp", "options": "("}, "properties": fixed},
        {"matcher": {"id": "byFrameRefID", "options": "B"}, "properties": [{"id": "decimals", "value": 2}]},
        {"matcher": {"id": "byType", "options": "number"}, "properties": fixed},
    )
    memory, other = found.called("Memory"), found.called("CPU", "B")

    assert (memory.unit, memory.custom("lineWidth"), memory.fixed) == ("bytes", 3, RED)
    assert (other.unit, other.custom("lineWidth"), other.fixed, other.decimals) == ("s", 1, "", 2)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(("lastNotNull", 2), ("max", 5), ("min", 1), ("mean", 8 / 3), ("sum", 8)),
        *(("first", 1), ("count", 3), ("range", 4), ("diff", 1), ("p99", 2)),
    ],
)
def test_a_series_becomes_one_number(name: str, number: float) -> None:
    assert reduced([(0, 1.0), (1, 5.0), (2, 2.0)], name) == number
    assert reduced([], name) is None


def test_calculations_are_told_in_words() -> None:
    body = {"options": {"legend": {"calcs": ["lastNotNull", "max", 7]}}}

    assert calculations(Panel(body, ""), "legend", "calcs") == [("lastNotNull", "last"), ("max", "max")]


def test_the_palette_begins_anew() -> None:
    assert len({palette(place) for place in range(12)}) == 12
    assert palette(12) == palette(0)


KEYS = st.sampled_from(
    ["thresholds", "steps", "mappings", "options", "value", "type", "color", "unit", "from"]
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.floats() | st.sampled_from(["value", "range", "red"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
)


@given(st.dictionaries(KEYS, ANYTHING), st.floats())
def test_any_options_give_every_value_a_text_and_a_colour(defaults: dict[str, Any], value: float) -> None:
    found = look(defaults)

    assert found.text(value)
    assert isinstance(found.shade(value), str)
