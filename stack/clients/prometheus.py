"""Prometheus' HTTP API, as far as probes and verbs ask it.

Source: https://prometheus.io/docs/prometheus/latest/querying/api/
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.duration import seconds
from stack.emit import from_yaml
from stack.errors import HttpFailed
from stack.moment import unix

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

    from stack.clients.http import Session

__all__ = ["Prometheus", "Target"]

PATIENCE = 5.0
"""Seconds that a query's own time limit is waited for beyond it."""

SNAPSHOT = 600.0
"""Seconds that writing down what is in memory may take; half a second for 50,000 series."""


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """A scrape target: its job, its address, how it is and why, and the Unix time of its last scrape."""

    job: str
    url: str
    health: str = ""
    error: str = ""
    scraped: float = 0.0


@dataclass(frozen=True, slots=True)
class Prometheus:
    """One Prometheus."""

    session: Session

    def query(
        self, expression: str, at: float | None = None, *, timeout: float | None = None
    ) -> list[dict[str, Any]]:
        """Evaluate an instant query and give its samples: `{"metric": {…}, "value": [time, "text"]}`.

        A number or a text, which has no labels, comes as one sample without any.

        Args:
            expression: PromQL.
            at: Unix seconds of the moment that is meant, where it is not now.
            timeout: seconds that it may take; without it, those of the session.

        Raises:
            HttpFailed: the expression is wrong, or there was no answer.
        """
        when = {} if at is None else {"time": at}
        data = self._evaluated("/api/v1/query", {"query": expression, **when}, timeout)
        if data["resultType"] in {"scalar", "string"}:
            return [{"metric": {}, "value": data["result"]}]
        found: list[dict[str, Any]] = data["result"]
        return found

    def value(self, expression: str) -> float | None:
        """Evaluate a query of one sample; None where it gives none."""
        found = self.query(expression)
        return float(found[0]["value"][1]) if found else None

    def query_range(
        self, expression: str, start: float, end: float, step: float, *, timeout: float = 60.0
    ) -> list[dict[str, Any]]:
        """Evaluate a query at every step of a stretch: `{"metric": {…}, "values": [[time, "text"], …]}`.

        It gives 11,000 points a series at most.

        Raises:
            HttpFailed: the expression is wrong, it is too costly, or there was no answer.
        """
        form = {"query": expression, "start": start, "end": end, "step": step}
        found: list[dict[str, Any]] = self._evaluated("/api/v1/query_range", form, timeout)["result"]
        return found

    def targets(self) -> tuple[Target, ...]:
        """List the active targets."""
        found = self._data("/api/v1/targets", state="active")["activeTargets"]
        return tuple(sorted(map(_target, found)))

    def target_labels(self, job: str) -> list[dict[str, str]]:
        """Give the labels of each active target of a job, those that its series have, too."""
        found = self._data("/api/v1/targets", state="active", scrapePool=job)["activeTargets"]
        return [target["labels"] for target in found if target["scrapePool"] == job]

    def types(self, job: str) -> dict[str, str]:
        """Give the type of each metric family that the targets of a job tell one of."""
        found = self._data("/api/v1/targets/metadata", match_target=f"{{job={json.dumps(job)}}}")
        return {entry["metric"]: entry["type"] for entry in found}

    def series(self, selector: str, *, since: float) -> list[dict[str, str]]:
        """Give the labels of every series that a selector asks for and that had samples since a Unix time."""
        found: list[dict[str, str]] = self._data("/api/v1/series", **{"match[]": selector, "start": since})
        return found

    def label_names(self, **stretch: float) -> list[str]:
        """Give the name of every label that any series has, within a stretch from `start` to `end`."""
        return list(self._data("/api/v1/labels", **stretch))

    def label_values(self, label: str, selector: str = "", **stretch: float) -> list[str]:
        """Give the values of a label, of all series or of those of a selector, within a stretch."""
        chosen = {"match[]": selector} if selector else {}
        return list(self._data(f"/api/v1/label/{label}/values", **chosen, **stretch))

    def rule_groups(self) -> list[dict[str, Any]]:
        """List the loaded rule groups with their rules, as the API gives them."""
        found: list[dict[str, Any]] = self._data("/api/v1/rules")["groups"]
        return found

    def alertmanagers(self) -> tuple[str, ...]:
        """List the addresses of the Alertmanagers that it sends to."""
        return tuple(am["url"] for am in self._data("/api/v1/alertmanagers")["activeAlertmanagers"])

    def configuration(self) -> dict[str, Any]:
        """Give the configuration that is live, with every default filled in."""
        found: dict[str, Any] = from_yaml(self._data("/api/v1/status/config")["yaml"])
        return found

    def configured(self) -> float:
        """Say when it read its configuration last, in Unix seconds, rounded down to a whole one."""
        return unix(self._data("/api/v1/status/runtimeinfo")["lastConfigTime"])

    def names(self, **stretch: float) -> set[str]:
        """Give the name of every metric that it has samples of, within a stretch from `start` to `end`."""
        return set(self._data("/api/v1/label/__name__/values", **stretch))

    def alerts(self) -> list[dict[str, Any]]:
        """List pending and firing alerts."""
        found: list[dict[str, Any]] = self._data("/api/v1/alerts")["alerts"]
        return found

    def snapshot(self) -> str:
        """Let it write down all that it has, also what is only in memory, and name the folder of it.

        The folder lies in `snapshots` of its data; nobody but its caller ever removes it.

        Source: https://prometheus.io/docs/prometheus/latest/querying/api/#tsdb-admin-apis

        Raises:
            HttpFailed: its admin API is off, its disk is full, or there was no answer.
        """
        path = "/api/v1/admin/tsdb/snapshot"
        answer = self.session.request("POST", path, timeout=SNAPSHOT)
        return str(self._read(path, _document(answer), answer.status_code, method="POST")["name"])

    def oldest(self) -> float:
        """Give the time of the oldest sample that is not in a block yet, in milliseconds since 1970."""
        return float(self._data("/api/v1/status/tsdb")["headStats"]["minTime"])

    def newest(self) -> float:
        """Give the time of its newest sample, in milliseconds since 1970."""
        return float(self._data("/api/v1/status/tsdb")["headStats"]["maxTime"])

    def version(self) -> str:
        """Give its version: `3.5.3`, with a distribution's suffix where it has one."""
        return str(self._data("/api/v1/status/buildinfo")["version"])

    def lookback(self) -> float:
        """Give the seconds that a query looks back for the newest sample of a series."""
        return seconds(self._data("/api/v1/status/flags")["query.lookback-delta"])

    def _evaluated(self, path: str, form: Mapping[str, Any], timeout: float | None) -> Any:  # JSON
        # It ends the query itself, and says so; the connection waits a little longer to hear it.
        limits = {"timeout": f"{timeout * 1000:.0f}ms"} if timeout else {}
        patience = timeout + PATIENCE if timeout else None
        answer = self.session.request("GET", path, params={**form, **limits}, timeout=patience)
        return self._read(path, _document(answer), answer.status_code)

    def _data(self, path: str, **params: object) -> Any:  # each endpoint has its own answer
        return self._read(path, self.session.json(path, **params))

    def _read(self, path: str, answer: Any, status: int | None = None, method: str = "GET") -> Any:
        if not isinstance(answer, dict) or answer.get("status") != "success" or "data" not in answer:
            said = answer.get("error") if isinstance(answer, dict) else None
            message = said or "the answer is none of Prometheus' API"
            raise HttpFailed(method=method, url=self.session.base + path, message=message, status=status)
        return answer["data"]


def _document(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _target(told: Mapping[str, Any]) -> Target:
    last = unix(told["lastScrape"])
    return Target(told["scrapePool"], told["scrapeUrl"], told["health"], told["lastError"], last)
