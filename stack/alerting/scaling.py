"""The same stack in less time: every rhythm of rendered documents divided by one factor.

What is a rhythm is scaled: how often is scraped and evaluated, how long an alert waits, how far an expression
looks back, how notifications are grouped and repeated. What is compared with a number is not: `> 5` stays.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from stack.documents import mapping, mappings
from stack.duration import seconds
from stack.promql.tokens import pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = [
    "scaled_alertmanager",
    "scaled_duration",
    "scaled_expression",
    "scaled_prometheus",
    "scaled_rules",
]

DURATION = re.compile(r"(?:\d+(?:ms|[smhdwy]))+|\d+(?:\.\d+)?")
ROUTE = ("group_wait", "group_interval", "repeat_interval")
USUAL = {"group_wait": "30s", "group_interval": "5m", "repeat_interval": "4h"}
"""What Alertmanager does where its configuration is silent."""

GLOBAL = ("scrape_interval", "evaluation_interval", "rule_query_offset")
GROUP = ("interval", "query_offset")
RULE = ("for", "keep_firing_for")


def scaled_duration(text: str, factor: float) -> str:
    """Divide a duration and write it in milliseconds, at least one; what is nothing stays nothing.

    Raises:
        ValueError: it is no duration.
    """
    length = seconds(text)
    return f"{max(1, round(length * 1000 / factor))}ms" if length else "0s"


def scaled_expression(expression: str, factor: float) -> str:
    """Divide the ranges, the steps of subqueries and the offsets of a PromQL expression.

    Its numbers, durations that are compared among them, stay.
    """
    return "".join(_scaled(expression, factor))


def scaled_rules(document: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """Divide the intervals of rule groups, and what their alerts wait for and look back to."""
    groups = [_group(group, factor) for _, group in mappings(document.get("groups"))]
    return {**document, "groups": groups}


def scaled_prometheus(document: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """Divide how often a Prometheus scrapes and evaluates.

    A time limit is patience, no rhythm: it stays, but may not be longer than its interval.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/
    """
    usual = {"scrape_interval": "1m", "evaluation_interval": "1m"}
    whole = _patient(_with({**usual, **mapping(document.get("global"))}, GLOBAL, factor))
    jobs = [
        _patient(_with(job, ("scrape_interval",), factor), whole)
        for _, job in mappings(document.get("scrape_configs"))
    ]
    return {**document, "global": whole, "scrape_configs": jobs}


def scaled_alertmanager(document: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """Divide what an Alertmanager's routes wait for; time intervals stay, they are of the calendar.

    Source: https://prometheus.io/docs/alerting/latest/configuration/
    """
    scaled = {**document, "route": _route({**USUAL, **mapping(document.get("route"))}, factor)}
    if "global" in document:
        scaled["global"] = _with(mapping(document["global"]), ("resolve_timeout",), factor)
    return scaled


def _scaled(expression: str, factor: float) -> Iterator[str]:
    offset = False
    for token in pieces(expression):
        if token.kind == "range" or (token.kind in {"duration", "number"} and offset):
            yield DURATION.sub(lambda found: _span(found[0], factor), token.text)
        else:
            yield token.text
        if token.kind in {"word", "duration", "number"}:
            offset = token.text.lower() == "offset"


def _span(text: str, factor: float) -> str:
    """Divide a duration of an expression, which may also be a bare number of seconds."""
    return scaled_duration(text if text[-1].isalpha() else f"{round(float(text) * 1000)}ms", factor)


def _with(body: Mapping[str, Any], keys: Iterable[str], factor: float) -> dict[str, Any]:
    scaled = {key: scaled_duration(str(body[key]), factor) for key in keys if body.get(key) is not None}
    return {**body, **scaled}


def _patient(body: dict[str, Any], outer: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """Cut a time limit to the interval that it belongs to; the usual ten seconds may be too long now."""
    interval = str(body.get("scrape_interval") or outer["scrape_interval"])
    limit = str(body.get("scrape_timeout") or outer.get("scrape_timeout") or "10s")
    return {**body, "scrape_timeout": min(interval, limit, key=seconds)}


def _group(group: Mapping[str, Any], factor: float) -> dict[str, Any]:
    rules = [
        {**_with(rule, RULE, factor), "expr": scaled_expression(str(rule.get("expr")), factor)}
        for _, rule in mappings(group.get("rules"))
    ]
    return {**_with(group, GROUP, factor), "rules": rules}


def _route(route: Mapping[str, Any], factor: float) -> dict[str, Any]:
    scaled = _with(route, ROUTE, factor)
    if "routes" in route:
        scaled["routes"] = [_route(child, factor) for _, child in mappings(route["routes"])]
    return scaled
