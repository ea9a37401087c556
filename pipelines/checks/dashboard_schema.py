"""Every dashboard is written in a version of Grafana's schema that Grafana can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

NEWEST = 42
"""The last one of this format: what came after it is schema v2.

Source: https://github.com/grafana/grafana/blob/main/apps/dashboard/pkg/migration/schemaversion/README.md
"""
OLDEST = 36
"""The first one in which every data source is named by its uid."""


def _run(inspection: Inspection) -> Iterator[Problem]:
    for name, model in inspection.dashboards.items():
        version = model.get("schemaVersion")
        if not isinstance(version, int) or isinstance(version, bool):
            yield _wrong(name, version)
        elif version > NEWEST:
            yield Problem(
                "dashboard_schema", name, f"the schemaVersion {version} is newer than {NEWEST}, the last one"
            )
        elif version < OLDEST:
            hint = "let Grafana save it anew, and export that"
            summary = f"the schemaVersion {version} is older than {OLDEST}: Grafana rewrites it at each look"
            yield Problem("dashboard_schema", name, summary, inspection.gate(name), hint=hint)


def _wrong(name: str, version: object) -> Problem:
    hint = f"Grafana would take it for the oldest of all and rewrite it; the newest is {NEWEST}"
    if version is None:
        return Problem("dashboard_schema", name, "the dashboard has no schemaVersion", hint=hint)
    return Problem("dashboard_schema", name, f"the schemaVersion {version!r} is no whole number", hint=hint)


CHECK = Check(proves="every dashboard has a schema version that Grafana can read", run=_run, lasting=True)
