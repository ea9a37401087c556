"""Data sources over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.refusals import Answer

if TYPE_CHECKING:
    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES", "source"]


def source(state: State, uid: str, **_: object) -> dict[str, Any]:
    """Give a data source as it is shown: without its secrets."""
    if uid not in state.sources:
        raise Answer(404, "Data source not found")
    return {key: value for key, value in state.sources[uid].items() if key != "secureJsonData"}


def _sources(state: State, **_: object) -> list[dict[str, Any]]:
    return [source(state, uid) for uid in state.sources]


def _delete(state: State, uid: str, **_: object) -> dict[str, Any]:
    if source(state, uid)["readOnly"]:
        raise Answer(403, "Cannot delete read-only data source")
    del state.sources[uid]
    return {"message": "Data source deleted"}


ROUTES: list[Route] = [
    ("GET", "/api/datasources", _sources),
    ("GET", r"/api/datasources/uid/([^/]+)", source),
    ("DELETE", r"/api/datasources/uid/([^/]+)", _delete),
]
