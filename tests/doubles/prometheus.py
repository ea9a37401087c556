"""A double of Prometheus' HTTP API: it answers in the shapes of the real one, and notes what it was asked."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug import Response

from stack.emit import to_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_httpserver import HTTPServer
    from werkzeug import Request

__all__ = ["MOMENT", "PrometheusDouble", "group", "rule", "target"]


MOMENT = "2026-01-02T03:04:05.123456789Z"
"""When everything was scraped and evaluated last."""


def target(job: str, url: str, health: str = "up", error: str = "") -> dict[str, Any]:
    """Give an active target."""
    told = {"scrapePool": job, "scrapeUrl": url, "health": health, "lastError": error, "lastScrape": MOMENT}
    return {**told, "labels": {"job": job}}


def rule(name: str, *, health: str = "ok", error: str = "", wait: float = 0, **labels: str) -> dict[str, Any]:
    """Give a loaded alerting rule; `wait` is its `for`, in seconds."""
    told = {"name": name, "query": f"{name} > 0", "duration": wait, "labels": labels, "health": health}
    told["lastEvaluation"] = MOMENT
    return {**told, "type": "alerting", **({"lastError": error} if error else {})}


def group(file: str, name: str, *rules: Mapping[str, Any]) -> dict[str, Any]:
    """Give a loaded rule group."""
    return {"name": name, "file": f"/lab/current/prometheus/rules/{file}", "rules": list(rules)}


@dataclass
class PrometheusDouble:
    """What the server holds; a test changes it at any time.

    Args:
        configured: when it read its configuration last.
        values: the value of each expression; one that is not there gives no sample.
        evaluate: gives the value of any other expression.
        refused: what is said of each expression that is none.
        label_values: the values of each label, by name.
        asked: the expressions that were asked.
        ranges: the stretches that were asked for, with their steps.
        selectors: what the values of labels were asked of.
    """

    configuration: Mapping[str, Any] = field(default_factory=dict)
    configured: str = "2026-01-01T00:00:00Z"
    groups: list[dict[str, Any]] = field(default_factory=list)
    targets: list[dict[str, Any]] = field(default_factory=list)
    alertmanagers: list[str] = field(default_factory=list)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    series: list[dict[str, str]] = field(default_factory=list)
    values: dict[str, float] = field(default_factory=dict)
    evaluate: Callable[[str], float | None] = lambda _: None
    refused: dict[str, str] = field(default_factory=dict)
    label_values: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    ranges: list[tuple[float, float, float]] = field(default_factory=list)
    selectors: list[str] = field(default_factory=list)

    def serve(self, server: HTTPServer, below: str = "") -> PrometheusDouble:
        """Answer on a server, below a path of it."""
        pages: dict[str, Callable[[Request], Any]] = {
            "query": self._query,
            "query_range": self._query_range,
            "labels": lambda _: sorted(self.label_values),
            "targets": lambda request: {"activeTargets": self._targets(request)},
            "targets/metadata": lambda _: [{"metric": n, "type": kind} for n, kind in self.types.items()],
            "series": lambda _: self.series,
            "rules": lambda _: {"groups": self.groups},
            "alertmanagers": lambda _: {"activeAlertmanagers": [{"url": url} for url in self.alertmanagers]},
            "alerts": lambda _: {"alerts": self.alerts},
            "status/runtimeinfo": lambda _: {"lastConfigTime": self.configured},
            "status/config": lambda _: {"yaml": to_yaml(self.configuration).decode()},
        }
        for path, page in pages.items():
            server.expect_request(f"{below}/api/v1/{path}").respond_with_handler(_answering(page))
        values = re.compile(f"{re.escape(below)}/api/v1/label/.+/values")
        server.expect_request(values).respond_with_handler(_answering(self._label_values))
        return self

    def _targets(self, request: Request) -> list[dict[str, Any]]:
        assert request.args["state"] == "active", "dropped targets would come along"
        return self.targets

    def _label_values(self, request: Request) -> list[str]:
        label = request.path.split("/")[-2]
        self.selectors.append(request.args.get("match[]", ""))
        return self.names if label == "__name__" else self.label_values.get(label, [])

    def _query(self, request: Request) -> Any:
        if refused := self._refused(request):
            return refused
        value = self._value(request)
        found = [] if value is None else [{"metric": {}, "value": [1_700_000_000.0, str(value)]}]
        return {"resultType": "vector", "result": found}

    def _query_range(self, request: Request) -> Any:
        if refused := self._refused(request):
            return refused
        start, end, step = (float(request.args[name]) for name in ("start", "end", "step"))
        self.ranges.append((start, end, step))
        value = self._value(request)
        points = [[at, str(value)] for at in (start, end)]
        return {"resultType": "matrix", "result": [] if value is None else [{"metric": {}, "values": points}]}

    def _refused(self, request: Request) -> Response | None:
        said = self.refused.get(request.values["query"])
        answer = {"status": "error", "errorType": "bad_data", "error": said}
        return Response(json.dumps(answer), status=400, mimetype="application/json") if said else None

    def _value(self, request: Request) -> float | None:
        expression = request.values["query"]  # in the address, or posted as Grafana does
        self.asked.append(expression)
        return self.values.get(expression, self.evaluate(expression))


def _answering(page: Callable[[Request], Any]) -> Callable[[Request], Response]:
    def handler(request: Request) -> Response:
        data = page(request)
        if isinstance(data, Response):
            return data
        return Response(json.dumps({"status": "success", "data": data}), mimetype="application/json")

    return handler
