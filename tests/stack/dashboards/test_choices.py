"""What is chosen when a dashboard opens, asked of a Prometheus in the order of its variables' dependence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.clients.http import Session
from stack.clients.prometheus import Prometheus
from stack.dashboards.choices import choices
from stack.dashboards.spans import Span
from stack.dashboards.variable_queries import lookup
from tests.doubles.prometheus import PrometheusDouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_httpserver import HTTPServer

    from stack.dashboards.filling import Choice

SPAN = Span(1000.0, 2000.0)


@pytest.fixture
def double(httpserver: HTTPServer) -> PrometheusDouble:
    made = PrometheusDouble().serve(httpserver)
    made.label_values = {"env": ["prod", "dev"], "job": ["node"], "instance": []}
    made.names = ["up", "node_load1", "node_load5"]
    made.series = [{"__name__": "up", "job": "a"}]
    made.values = {"up": 1.0}
    return made


@pytest.fixture
def prometheus(httpserver: HTTPServer, double: PrometheusDouble) -> Prometheus:
    return Prometheus(Session(httpserver.url_for("").rstrip("/")))


def query(name: str, text: object, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "query", "query": text, **more}


def chosen(prometheus: Prometheus, *variables: dict[str, Any]) -> Mapping[str, Choice]:
    return choices({"templating": {"list": list(variables)}}, prometheus, SPAN, {"__range": "1000s"})


def test_variables_are_resolved_in_the_order_in_which_they_ask_for_each_other(
    prometheus: Prometheus, double: PrometheusDouble
) -> None:
    found = chosen(
        prometheus,
        query("job", 'label_values(up{env=~"$env"}, job)'),
        query(
            "env", {"query": "label_values(up, env)", "refId": "x"}, multi=True, current={"value": ["dev"]}
        ),
    )

    assert list(found) == ["job", "env"]
    assert {name: one.values for name, one in found.items()} == {"job": ("node",), "env": ("dev",)}
    assert double.selectors == ["up", 'up{env=~"dev"}']


@pytest.mark.parametrize(
    ("more", "values", "whole"),
    [
        ({}, ("dev",), ""),
        ({"current": {"value": "prod"}}, ("prod",), ""),
        ({"current": {"value": "gone"}}, ("dev",), ""),
        ({"includeAll": True}, ("dev", "prod"), ""),
        ({"includeAll": True, "allValue": ".*"}, ("dev", "prod"), ".*"),
        ({"includeAll": True, "current": {"value": ["$__all"]}}, ("dev", "prod"), ""),
        ({"includeAll": True, "current": {"value": ["prod"]}}, ("prod",), ""),
        ({"includeAll": True, "current": {"value": "gone"}}, ("dev", "prod"), ""),
        ({"multi": True, "current": {"value": ["prod", "gone"]}}, ("prod",), ""),
        ({"sort": 2}, ("prod",), ""),
    ],
)
def test_what_the_model_says_is_chosen_where_it_still_exists(
    prometheus: Prometheus, more: dict[str, Any], values: tuple[str, ...], whole: str
) -> None:
    found = chosen(prometheus, query("env", "label_values(env)", **more))["env"]

    assert (found.values, found.whole, found.fault) == (values, whole, "")


def test_variables_that_ask_nobody(prometheus: Prometheus) -> None:
    found = chosen(
        prometheus,
        {"name": "box", "type": "textbox", "query": "", "current": {}},
        {"name": "typed", "type": "textbox", "query": "a", "current": {"value": "b"}},
        {"name": "list", "type": "custom", "query": "x,y", "current": {"value": "y"}},
        {"name": "other", "type": "query", "datasource": {"type": "loki"}, "current": {"value": "k"}},
    )

    assert {name: one.values for name, one in found.items()} == {
        "box": ("",),
        "typed": ("b",),
        "list": ("y",),
        "other": ("k",),
    }


def test_one_without_options_has_no_value_and_is_no_mistake(prometheus: Prometheus) -> None:
    found = chosen(
        prometheus,
        query("instance", "label_values(instance)", includeAll=True),
        query("disk", 'label_values(x{instance="$instance"}, disk)'),
    )

    assert [one.fault for one in found.values()] == ["variable $instance has no value"] * 2
    assert not any(one.failed for one in found.values())


def test_mistakes_are_told(prometheus: Prometheus, double: PrometheusDouble) -> None:
    double.refused = {"up)": "parse error: unexpected )"}
    found = chosen(
        prometheus,
        query("a", "label_values(x{a='$b'}, l)"),
        query("b", "label_values(x{a='$a'}, l)"),
        query("c", "query_result(up))"),
        query("d", "label_values(env)", regex="/(/"),
        query("e", "label_values(x{a='$nobody'}, l)"),
    )

    assert {name: (one.fault, one.failed) for name, one in found.items() if name not in "ab"} == {
        "c": ("variable $c: parse error: unexpected )", True),
        "d": (
            "variable $d: its filter /(/ cannot be read: missing ), unterminated subpattern at position 0",
            True,
        ),
        "e": ("there is no variable $nobody", True),
    }
    assert "variable $b depends on itself" in {found["a"].fault, found["b"].fault}


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("label_values(env)", ["dev", "prod"]),
        ("label_values( up{a=~'b,c'} , env )", ["dev", "prod"]),
        ("label_names()", ["env", "instance", "job"]),
        ("label_names(^j)", ["job"]),
        ("metrics(node_.*)", ["node_load1", "node_load5"]),
        ("metrics(()", []),
        ("query_result(up)", ["{} 1.0 1700000000000"]),
        ("up", ['up{job="a"}']),
        ("", []),
    ],
)
def test_every_kind_of_question(prometheus: Prometheus, text: str, options: list[str]) -> None:
    assert lookup(text, prometheus, SPAN) == options


KEYS = st.sampled_from(
    ["templating", "list", "name", "type", "query", "current", "value", "regex", "options"]
)
WORDS = st.sampled_from(["query", "custom", "interval", "textbox", "a", "$a", "label_values(env)", "$__auto"])
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.booleans() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
)


@given(st.lists(st.dictionaries(KEYS, ANYTHING), max_size=4))
def test_whatever_stands_for_a_variable_has_a_value_or_a_reason(listed: list[dict[str, Any]]) -> None:
    model = {"templating": {"list": listed}}
    for found in choices(model, _Silent(), SPAN, {}).values():  # type: ignore[arg-type] # a double of it
        assert found.values or found.fault


class _Silent:
    """Answers nothing to every question."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: []
