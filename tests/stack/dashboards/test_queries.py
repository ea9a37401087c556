"""The queries of a dashboard, of any version of Grafana's model that is met, and of no model at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.dashboards.queries import Query, known_values, queries

PANELS = [
    {"title": "One", "targets": [{"expr": "up"}, {"expr": "down", "datasource": {"type": "loki"}}]},
    {
        "title": "Row",
        "type": "row",
        "panels": [{"title": "In it", "targets": [{"expr": "a"}, {"rawSql": "b"}]}],
    },
    {"title": "By its panel", "datasource": {"type": "loki"}, "targets": [{"expr": "no"}]},
    {"title": "Old", "datasource": "Prometheus", "targets": [{"expr": "b"}]},
    {"title": "Chosen", "datasource": {"uid": "$source"}, "targets": [{"expr": "c"}]},
    {
        "title": "Mixed",
        "datasource": {"type": "datasource", "uid": "-- Mixed --"},
        "targets": [{"expr": "d"}],
    },
    {"targets": "none"},
]


def variable(query: object, kind: str = "query", **more: Any) -> dict[str, Any]:
    return {"name": "v", "type": kind, "query": query, **more}


def test_panels_give_their_queries_to_prometheus_in_their_order() -> None:
    found = list(queries({"panels": PANELS}))
    assert found == [
        Query('panel "One"', "up"),
        Query('panel "In it"', "a"),
        Query('panel "Old"', "b"),
        Query('panel "Chosen"', "c"),
        Query('panel "Mixed"', "d"),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("label_values(up, env)", ("up", "env")),
        ('label_values(up{a=~"b,c"}, env)', ('up{a=~"b,c"}', "env")),
        ({"query": "label_values(up,env)", "refId": "A"}, ("up", "env")),
        ("label_values(env)", ("", "env")),
        ("query_result(topk(3, up))", ("topk(3, up)", "")),
        ("metrics(node_.*)", None),
        ("label_names()", None),
        (None, None),
        (7, None),
    ],
)
def test_a_variable_gives_what_it_asks_for(query: object, expected: tuple[str, str] | None) -> None:
    found = [(one.expression, one.label) for one in queries({"templating": {"list": [variable(query)]}})]
    assert found == ([expected] if expected else [])


def test_annotations_are_queries_too() -> None:
    listed = [{"name": "A", "expr": "ALERTS"}, {"name": "B", "expr": "x", "datasource": {"type": "loki"}}, {}]
    assert list(queries({"annotations": {"list": listed}})) == [Query('annotation "A"', "ALERTS")]


def test_a_value_is_known_where_the_model_itself_holds_it() -> None:
    listed = [
        {"name": "a", "type": "interval", "query": "1m,5m", "current": {"value": "5m"}},
        {"name": "b", "type": "constant", "query": "prod"},
        {"name": "c", "type": "custom", "query": "x,y", "current": {"value": ["x"]}},
        {"name": "d", "type": "interval", "query": "1m", "current": {"value": "$__auto_interval_d"}},
        {"name": "e", "type": "query", "query": "label_values(e)", "current": {"value": "x"}},
        {"name": "f", "type": "textbox", "query": None},
        {"name": "g", "type": "custom", "query": "z, w"},
    ]
    assert known_values({"templating": {"list": listed}}) == {"a": "5m", "b": "prod", "g": "z"}


words = st.sampled_from(
    ["panels", "targets", "expr", "templating", "list", "type", "query", "datasource", "current"]
)
anything = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["query", "label_values(a, b)"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(words, anything))
def test_whatever_is_no_model_has_no_queries_or_some(model: dict[str, Any]) -> None:
    assert all(isinstance(one.expression, str) for one in queries(model))
    assert all(isinstance(value, str) for value in known_values(model).values())
