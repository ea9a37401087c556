"""Grafana shows a stranger its login page, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.audit import Audit
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.audit import Outside

__all__ = ["AUDIT"]

PRIVATE = (
    "/api/search",
    "/api/datasources",
    "/api/org",
    "/api/admin/settings",
    "/api/users",
    "/api/dashboards/home",
)
TELLING = ("/metrics", "/api/health", "/healthz", "/metrics/", "/api//health", "/x/%2e%2e/metrics")


def _run(outside: Outside) -> Iterator[Problem]:
    told = TELLING if outside.stack.entrance else ()
    for path in (*PRIVATE, *told):
        status = outside.grafana.request("GET", path).status_code
        if status < 400:
            summary = f"Grafana answers {status} to whoever asks"
            hint = "is anonymous access switched on? Does the proxy run as it was rendered?"
            yield Problem("grafana_login", path, summary, hint=hint)


AUDIT = Audit(asks="whether Grafana shows a stranger more than its login", run=_run, needs=("grafana",))
