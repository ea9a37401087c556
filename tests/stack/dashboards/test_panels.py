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
