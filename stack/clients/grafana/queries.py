"""A query through one of Grafana's data sources, as a panel asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.clients.grafana.values import Sample
from stack.errors import HttpFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.clients.http import Session

__all__ = ["query"]


def query(session: Session, expression: str, source: str) -> Iterator[Sample]:
    """Evaluate PromQL now, through a data source.

    Source: https://grafana.com/docs/grafana/latest/developers/http_api/data_source/#query-a-data-source
    """
    reference = {"type": "prometheus", "uid": source}
    asked = {"refId": "A", "datasource": reference, "expr": expression, "instant": True, "range": False}
    answer = session.post("/api/ds/query", {"queries": [asked], "from": "now-5m", "to": "now"})
    result = answer.json()["results"]["A"]
    if result.get("error"):  # beside a status of 207 on some versions
        raise HttpFailed(method="POST", url=answer.url, message=result["error"], status=answer.status_code)
    for frame in result.get("frames", ()):
        yield from _samples(frame)


def _samples(frame: Mapping[str, Any]) -> Iterator[Sample]:
    for field, values in zip(frame["schema"]["fields"], frame["data"]["values"], strict=True):
        if field["type"] != "time" and values:
            yield Sample(field.get("labels") or {}, values[-1])
