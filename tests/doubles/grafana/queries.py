"""Questions handed on to the server behind a data source: as a query, or through the proxy."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.refusals import Answer
from tests.doubles.grafana.sources import login, source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES"]


def _query(state: State, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    return {"results": {query["refId"]: _result(state, query, document) for query in document["queries"]}}


def _result(state: State, query: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    base = source(state, query["datasource"]["uid"])["url"]
    path, params = _question(query, document)
    try:
        status, body = _fetch(f"{base}/api/v1/{path}", urllib.parse.urlencode(params).encode())
    except OSError as error:
        message = "An error occurred within the plugin"
        raise Answer(500, message, messageId="plugin.downstreamError") from error
    answer = json.loads(body)
    if status != 200:
        said = f"{answer['errorType']}: {answer['error']}"
        refused = {"status": status, "error": said, "refId": query["refId"]}
        raise Answer(400, "bad data", results={query["refId"]: refused})
    return {"status": 200, "frames": [_frame(series) for series in answer["data"]["result"]]}


def _question(query: dict[str, Any], document: dict[str, Any]) -> tuple[str, dict[str, str]]:
    end = time.time()
    if query.get("instant"):
        return "query", {"query": query["expr"], "time": f"{end}"}
    span = _seconds(document["from"])
    times = {"start": f"{end - span}", "end": f"{end}", "step": f"{span / 100}"}
    return "query_range", {"query": query["expr"], **times}


def _seconds(start: str) -> float:
    number, unit = re.fullmatch(r"now-(\d+)([smh])", start).groups()  # type: ignore[union-attr] # else: loud
    return float(number) * {"s": 1, "m": 60, "h": 3600}[unit]


def _frame(series: Mapping[str, Any]) -> dict[str, Any]:
    samples = series.get("values") or [series["value"]]
    fields = [
        {"name": "Time", "type": "time"},
        {"name": "Value", "type": "number", "labels": series["metric"]},
    ]
    values = [[int(moment * 1000) for moment, _ in samples], [_number(text) for _, text in samples]]
    return {"schema": {"refId": "A", "fields": fields}, "data": {"values": values}}


def _number(text: str) -> float | None:
    value = float(text)
    # JSON has neither NaN nor infinity: null, and the kind beside it.
    return value if value - value == 0 else None


def _proxy(state: State, uid: str, rest: str, *, query: dict[str, str], document: str, **_: object) -> bytes:
    url = f"{source(state, uid)['url']}{rest}?{urllib.parse.urlencode(query)}"
    try:
        status, body = _fetch(url, document.encode() or None, login(state, uid))
    except OSError as error:
        raise Answer(502) from error
    if status != 200:
        raise Answer(status, body.decode())
    return body


def _fetch(url: str, data: bytes | None, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(
            urllib.request.Request(url, data=data, headers=dict(headers or {})), timeout=10
        ) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


ROUTES: list[Route] = [
    ("GET", r"/api/datasources/proxy/uid/([^/]+)(/.*)", _proxy),
    ("POST", r"/api/datasources/proxy/uid/([^/]+)(/.*)", _proxy),
    ("POST", "/api/ds/query", _query),
]
