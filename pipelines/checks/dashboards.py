"""Grafana loads every dashboard: each is a JSON object with a uid and a title of its own."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from pipelines.core.check import Check
from stack.documents import mapping
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

FOLDER = "grafana/dashboards/"


def _run(inspection: Inspection) -> Iterator[Problem]:
    files = {path: data for path, data in sorted(inspection.tree.files.items()) if _is_dashboard(path)}
    models = {path: _model(data) for path, data in files.items()}
    for path, model in models.items():
        if model is None:
            yield Problem("dashboards", path, "it is no JSON object (a byte order mark counts too)")
    yield from _identities({path: model for path, model in models.items() if model is not None})


def _is_dashboard(path: str) -> bool:
    return path.startswith(FOLDER) and path.endswith(".json")


def _model(data: bytes) -> Mapping[str, Any] | None:
    try:
        document = json.loads(data.decode())
    except (ValueError, RecursionError):
        return None
    return mapping(document) if isinstance(document, dict) else None


def _identities(models: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    for key in ("uid", "title"):
        counts = Counter(str(model.get(key)) for model in models.values())
        for path, model in models.items():
            if not model.get(key):
                yield Problem("dashboards", path, f"the dashboard has no {key}")
            elif counts[str(model[key])] > 1:
                yield Problem("dashboards", path, f"two dashboards have the {key} '{model[key]}'")


CHECK = Check(proves="every dashboard is a JSON object with a uid and a title of its own", run=_run)
