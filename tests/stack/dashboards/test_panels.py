"""The panels of a model, as a viewer meets them, whatever else it holds."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stack.dashboards.panels import panels

MODEL = {
    "panels": [
        {"title": "Above", "type": "stat", "targets": [{"refId": "A", "expr": "up", "instant": True}]},
        {"title": "Open", "type": "row", "panels": []},
        {
            "title": "Below",
            "type": "timeseries",
            "fieldConfig": {"defaults": {"unit": "s"}},
            "targets": [
                {"refId": "A", "expr": "a", "legendFormat": "{{job}}"},
                {"refId": "B", "expr": "b", "legendFormat": "__auto"},
                {"refId": "C", "expr": "c", "hide": True},
                {"refId": "D", "rawSql": "select 1"},
            ],
        },
        {"title": "Folded", "type": "row", "collapsed": True, "panels": [{"title": "Inside"}]},
    ]
}


def test_panels_come_with_the_row_that_they_stand_under() -> None:
    found = [(panel.title, panel.row) for panel in panels(MODEL)]

    assert found == [("Above", ""), ("Open", ""), ("Below", "Open"), ("Folded", ""), ("Inside", "Folded")]


def test_a_panel_knows_its_queries_to_prometheus_that_are_switched_on() -> None:
    above, _, below, *_ = panels(MODEL)

    assert [(target.letter, target.legend) for target in below.targets] == [("A", "{{job}}"), ("B", "")]
    assert [target.instant for target in (*above.targets, *below.targets)] == [True, False, False]
    assert (below.place, below.kind, below.unit) == ('panel "Below"', "timeseries", "s")
    assert (above.unit, above.row) == ("", "")


KEYS = st.sampled_from(
    ["panels", "targets", "expr", "type", "title", "datasource", "fieldConfig", "defaults"]
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.sampled_from(["row", "prometheus", "up"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
)


@given(st.dictionaries(KEYS, ANYTHING))
def test_any_document_can_be_asked_for_its_panels(model: dict[str, Any]) -> None:
    for panel in panels(model):
        assert all(isinstance(target.expression, str) for target in panel.targets)
        assert isinstance(panel.title + panel.kind + panel.unit + panel.row, str)


def test_queries_that_are_none_to_prometheus_say_where_they_go() -> None:
    (panel,) = panels(
        {"panels": [{"title": "Mixed", "datasource": {"type": "prometheus"}, "targets": MIXED}]}
    )

    assert [target.letter for target in panel.targets] == ["A"]
    assert panel.others == (
        ("B", "it asks loki, not Prometheus"),
        ("C", "it asks __expr__, not Prometheus"),
        ("D", "it holds no PromQL"),
        ("E", "it holds no PromQL"),
    )


MIXED = [
    {"refId": "A", "expr": "up", "interval": "30s", "intervalFactor": 2},
    {"refId": "B", "expr": "{a='b'}", "datasource": {"type": "loki"}},
    {"refId": "C", "expression": "$A > 1", "datasource": {"type": "__expr__"}},
    {"refId": "D", "rawSql": "select 1"},
    {"refId": "E", "expr": " "},
    {"refId": "F", "expr": "", "hide": True},
]


def test_a_query_may_have_a_step_of_its_own() -> None:
    (panel,) = panels(
        {"panels": [{"targets": [*MIXED[:1], {"expr": "up", "interval": 7, "intervalFactor": 0}]}]}
    )

    assert [(target.interval, target.factor) for target in panel.targets] == [("30s", 2), ("", 1)]


def test_the_rows_of_an_old_model_hold_its_panels() -> None:
    model = {"rows": [{"title": "One", "panels": [{"title": "a"}]}, {"panels": [{"title": "b"}]}]}

    assert [(panel.title, panel.row) for panel in panels(model)] == [
        ("One", ""),
        ("a", "One"),
        ("", ""),
        ("b", ""),
    ]
