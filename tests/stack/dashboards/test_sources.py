"""The data sources that a model names, in the words of every age of Grafana."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.dashboards.sources import Naming, Reference, choices, inputs, references


@pytest.mark.parametrize(
    ("value", "naming", "name"),
    [
        (None, Naming.NOT, ""),
        ("", Naming.NOT, ""),
        ("default", Naming.NOT, ""),
        ({"type": "prometheus"}, Naming.NOT, ""),
        ({"type": "prometheus", "uid": None}, Naming.NOT, ""),
        ("Prometheus", Naming.FIXED, "Prometheus"),
        ({"type": "prometheus", "uid": "p"}, Naming.FIXED, "p"),
        ("$source", Naming.VARIABLE, "source"),
        ({"uid": "${source:text}"}, Naming.VARIABLE, "source"),
        ("[[source]]", Naming.VARIABLE, "source"),
        ("${DS_A-B}", Naming.VARIABLE, "DS_A-B"),
        ("p-$env", Naming.PARTLY, "p-$env"),
        ("-- Mixed --", Naming.OWN, ""),
        ({"type": "datasource", "uid": "grafana"}, Naming.OWN, ""),
        ({"type": "__expr__", "uid": "__expr__"}, Naming.OWN, ""),
        ([], Naming.NOT, ""),
        ({"uid": [1]}, Naming.FIXED, "[1]"),
    ],
)
def test_a_data_source_is_told_by_how_it_is_named(value: object, naming: Naming, name: str) -> None:
    assert Reference.of("here", value) == Reference("here", naming, name)


def test_panels_variables_and_annotations_name_them() -> None:
    model = {
        "panels": [
            {"title": "A", "datasource": "P", "targets": [{"expr": "up"}, {"datasource": {"uid": "q"}}]},
            {"title": "Words", "datasource": "P"},
        ],
        "templating": {"list": [{"name": "v", "type": "query"}, {"name": "c", "type": "custom"}]},
        "annotations": {"list": [{"name": "Built in", "builtIn": 1}, {"name": "D", "datasource": "r"}]},
    }

    assert [(found.place, found.name) for found in references(model)] == [
        ('panel "A"', "P"),
        ('panel "A"', "q"),
        ('variable "v"', ""),
        ('annotation "D"', "r"),
    ]


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.sampled_from(["datasource", "$a", "query"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["list", "type", "name", "uid", "datasource"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from(["templating", "annotations", "panels", "rows", "__inputs"]), ANYTHING)
)
def test_any_document_can_be_asked_for_its_data_sources(model: dict[str, Any]) -> None:
    assert all(isinstance(found.name, str) for found in references(model))
    assert all(isinstance(text, str) for found in (choices(model), inputs(model)) for text in found.values())
