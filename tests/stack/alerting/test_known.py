"""What is certain of an alert's labels before it fires."""

from __future__ import annotations

from typing import Any

import pytest
from promql_parser import parse

from stack.alerting.known import Known, Sender
from stack.alerting.matchers import Matcher
from stack.alerting.routes import root

PROMETHEUS = {"global": {"external_labels": {"env": "prod", "region": "eu"}}}


def sent(expression: str, prometheus: dict[str, Any] = PROMETHEUS, **labels: str) -> Known:
    return Sender(prometheus, parse).sends({"alert": "A", "expr": expression, "labels": labels})


def test_its_name_and_its_own_labels_are_certain_and_what_is_templated_is_not() -> None:
    known = sent("up == 0", severity="page", team="{{ $labels.team }}", empty="")

    assert [known.value(name) for name in ("alertname", "severity", "empty", "team", "job", "env")] == [
        *("A", "page", ""),
        *(None, None, None),
    ]


def test_what_an_expression_drops_is_missing_unless_prometheus_adds_it() -> None:
    known = sent("sum by (service) (up) == 0")

    assert [known.value(name) for name in ("service", "job", "env", "region")] == [None, "", "prod", "eu"]
    assert sent("sum(up) == 0", {}).value("env") == ""


def test_an_alert_is_supposed_to_be_of_the_environment_that_prometheus_names() -> None:
    known = sent("up == 0", severity="page")

    assert (known.value("env"), known.supposed("env"), known.supposed("job")) == (None, "prod", None)
    assert known.meets(Matcher("env", "=", "prod")) is True
    assert known.meets(Matcher("severity", "!~", "page|x")) is False
    assert known.meets(Matcher("job", "=", "node")) is None


def test_nothing_is_certain_of_what_is_relabelled_on_its_way() -> None:
    relabelled = {
        **PROMETHEUS,
        "alerting": {"alert_relabel_configs": [{"action": "labeldrop", "regex": "a"}]},
    }
    known = sent("sum(up) == 0", relabelled, severity="page")

    assert [known.value(name) for name in ("alertname", "severity", "env")] == [None, None, None]
    assert known.supposed("env") is None


@pytest.mark.parametrize("expression", ["sum(", "", "vector(1)"])
def test_of_an_expression_that_says_nothing_all_is_open(expression: str) -> None:
    def syntax(text: str) -> Any:
        return parse(text) if text == "vector(1)" else None

    known = Sender(PROMETHEUS, syntax).sends({"alert": "A", "expr": expression})
    assert known.value("job") is None


def test_an_alert_may_end_at_every_route_that_is_not_ruled_out() -> None:
    routes = [
        {"receiver": "no", "matchers": ['severity="info"']},
        {"receiver": "maybe", "matchers": ['team="a"']},
        {"receiver": "maybe not", "matchers": ['severity="page"', 'job="b"']},
        {"receiver": "surely", "matchers": ['severity="page"'], "continue": True},
        {"receiver": "also", "matchers": ['severity=~"p.*"']},
        {"receiver": "never", "matchers": ['env="prod"']},
    ]
    known = sent("up == 0", severity="page")

    def told(count: int) -> list[str]:
        configuration = {"route": {"receiver": "root", "routes": routes[:count]}}
        top = root(configuration)
        return [route.receiver for route in top.ends(known.meets)] if top else []

    assert told(3) == ["maybe", "maybe not", "root"]
    assert told(6) == ["maybe", "maybe not", "surely", "also"]
