"""The questions that a variable can ask Prometheus for its options.

Source: https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stack.clients.prometheus import Prometheus
    from stack.dashboards.spans import Span

__all__ = ["lookup"]

LABEL_NAMES = re.compile(r"label_names\((.*)\)", re.DOTALL)
LABEL_VALUES = re.compile(r"label_values\((?:(.+?),)?\s*([\w$]+)\s*\)", re.DOTALL)
METRICS = re.compile(r"metrics\((.+)\)", re.DOTALL)
RESULT = re.compile(r"query_result\((.+)\)", re.DOTALL)


def lookup(text: str, prometheus: Prometheus, span: Span) -> list[str]:
    """Give the answer to a variable's query, filled in, as the texts that its filter then sees.

    Raises:
        HttpFailed: it is wrong, or there was no answer.
    """
    for pattern, ask in KINDS.items():
        if found := pattern.fullmatch(text.strip()):
            return ask(found, prometheus, span)
    return [_series(labels) for labels in prometheus.series(text, since=span.start)] if text.strip() else []


def _label_values(found: re.Match[str], prometheus: Prometheus, span: Span) -> list[str]:
    selector = (found[1] or "").strip()
    return sorted(prometheus.label_values(found[2], selector, start=span.start, end=span.end))


def _label_names(found: re.Match[str], prometheus: Prometheus, span: Span) -> list[str]:
    return list(_found(found[1], prometheus.label_names(start=span.start, end=span.end)))


def _metrics(found: re.Match[str], prometheus: Prometheus, span: Span) -> list[str]:
    return list(_found(found[1], sorted(prometheus.names(start=span.start, end=span.end))))


def _result(found: re.Match[str], prometheus: Prometheus, span: Span) -> list[str]:
    samples = prometheus.query(found[1], span.end)
    return [f"{_series(one['metric'])} {one['value'][1]} {one['value'][0] * 1000:.0f}" for one in samples]


def _series(labels: Mapping[str, Any]) -> str:
    inner = ",".join(f'{name}="{value}"' for name, value in labels.items() if name != "__name__")
    return f"{labels.get('__name__', '')}{{{inner}}}"


def _found(regex: str, names: list[str]) -> Iterator[str]:
    try:
        pattern = re.compile(regex.strip())
    except re.error:
        return iter(())
    return filter(pattern.search, names)


KINDS: Mapping[re.Pattern[str], Callable[[re.Match[str], Prometheus, Span], list[str]]] = {
    LABEL_NAMES: _label_names,
    LABEL_VALUES: _label_values,
    METRICS: _metrics,
    RESULT: _result,
}
