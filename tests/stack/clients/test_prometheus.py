"""Prometheus' API, as the probes ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stack.clients.http import Session
from stack.clients.prometheus import Prometheus, Target
from stack.errors import HttpFailed
from stack.moment import unix
from tests.doubles.prometheus import MOMENT, PrometheusDouble, group, rule, target

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer


@pytest.fixture
def double(httpserver: HTTPServer) -> PrometheusDouble:
    return PrometheusDouble().serve(httpserver)


@pytest.fixture
def prometheus(httpserver: HTTPServer) -> Prometheus:
    return Prometheus(Session(httpserver.url_for("").rstrip("/")))


def test_a_query_gives_samples_and_of_one_its_value(double: PrometheusDouble, prometheus: Prometheus) -> None:
    double.values = {"up": 1.5}

    assert [sample["value"][1] for sample in prometheus.query("up")] == ["1.5"]
    assert prometheus.value("up") == 1.5
    assert prometheus.value("down") is None
    assert double.asked == ["up", "up", "down"]


def test_targets_come_in_order_with_their_health_and_why(
    double: PrometheusDouble, prometheus: Prometheus
) -> None:
    double.targets = [target("b", "http://b/metrics"), target("a", "http://a/metrics", "down", "refused")]

    assert prometheus.targets() == (
        Target("a", "http://a/metrics", "down", "refused", unix(MOMENT)),
        Target("b", "http://b/metrics", "up", "", unix(MOMENT)),
    )


def test_rules_alertmanagers_alerts_names_and_configuration_are_given_as_they_are(
    double: PrometheusDouble, prometheus: Prometheus
) -> None:
    double.groups = [group("a.yml", "a", rule("A"))]
    double.alertmanagers = ["http://127.0.0.1:9093/api/v2/alerts"]
    double.alerts = [{"labels": {"alertname": "A"}, "state": "firing"}]
    double.names = ["up", "a:b"]
    double.configuration = {"global": {"scrape_interval": "15s"}}

    assert prometheus.rule_groups() == double.groups
    assert prometheus.alertmanagers() == ("http://127.0.0.1:9093/api/v2/alerts",)
    assert prometheus.alerts() == double.alerts
    assert prometheus.names() == {"up", "a:b"}
    assert prometheus.configuration() == double.configuration


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": "error", "error": "bad_data: parse error"}, "bad_data: parse error"),
        ({"status": "success"}, "the answer is none of Prometheus' API"),
        ({"status": "error"}, "the answer is none of Prometheus' API"),
        (["another server"], "the answer is none of Prometheus' API"),
        (None, "the answer is none of Prometheus' API"),
    ],
)
def test_any_other_answer_is_told_with_its_address(
    httpserver: HTTPServer, prometheus: Prometheus, answer: Any, said: str
) -> None:
    httpserver.expect_request("/api/v1/alerts").respond_with_json(answer)

    with pytest.raises(HttpFailed) as caught:
        prometheus.alerts()
    assert str(caught.value) == f"GET {httpserver.url_for('/api/v1/alerts')}: {said}"


def test_when_the_configuration_was_read_is_told(double: PrometheusDouble, prometheus: Prometheus) -> None:
    double.configured = "2026-01-02T03:04:05Z"

    assert prometheus.configured() == 1767323045.0
