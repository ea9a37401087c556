"""The provisioning folder: data sources and dashboard providers, read at the start and at a reload."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.doubles.grafana.refusals import Answer, StartRefused
from tests.doubles.grafana.state import Provider
from tests.doubles.grafana.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.doubles.grafana.settings import Settings
    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES", "provision"]

VARIABLE = re.compile(r"\$\$|\$\{(\w+)\}|\$(\w+)")
TWO_DEFAULTS = (
    "Failed to provision data sources: Datasource provisioning error: datasource.yaml config is invalid. "
    "Only one datasource per organization can be marked as default"
)


def provision(state: State) -> None:
    """Do what a start does: data sources, then dashboards."""
    _reload_sources(state)
    _reload_dashboards(state)


def _reload_sources(state: State) -> None:
    found: dict[str, dict[str, Any]] = {}
    for document in _documents(state.settings, "datasources"):
        for source in document.get("datasources") or []:
            uid = source.get("uid") or secrets.token_hex(5)
            found[uid] = {**source, "uid": uid, "readOnly": not source.get("editable", False)}
    if sum(bool(source.get("isDefault")) for source in found.values()) > 1:
        raise StartRefused(TWO_DEFAULTS)
    state.sources = found


def _reload_dashboards(state: State) -> None:
    documents = list(_documents(state.settings, "dashboards"))
    with state.lock:
        state.providers = [Provider.of(entry) for doc in documents for entry in doc.get("providers") or []]
        for provider in state.providers:
            walk(state, provider)


def _documents(settings: Settings, kind: str) -> Iterator[dict[str, Any]]:
    folder = Path(settings.get("paths", "provisioning") or "/nonexistent") / kind
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        try:
            yield _interpolated(yaml.safe_load(path.read_text()) or {}, settings.environ)
        except yaml.YAMLError as error:
            what = kind.replace("datas", "data s")
            message = f"Failed to provision {what}: {path}: {error}"
            raise StartRefused(message) from error


def _interpolated(document: Any, environ: Mapping[str, str]) -> Any:
    if isinstance(document, dict):
        return {key: _interpolated(value, environ) for key, value in document.items()}
    if isinstance(document, list):
        return [_interpolated(value, environ) for value in document]
    if isinstance(document, str):
        return VARIABLE.sub(lambda v: "$" if v[0] == "$$" else environ.get(v[1] or v[2], ""), document)
    return document


def _reload(state: State, kind: str, **_: object) -> dict[str, Any]:
    try:
        {"dashboards": _reload_dashboards, "datasources": _reload_sources}[kind](state)
    except StartRefused as refused:
        raise Answer(500, str(refused)) from refused
    return {"message": f"{kind.capitalize()} config reloaded"}


ROUTES: list[Route] = [
    ("POST", r"/api/admin/provisioning/(dashboards|datasources)/reload", _reload),
]
