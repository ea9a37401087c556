"""What the server tells anybody about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.doubles.grafana.state import Route, State

__all__ = ["OPEN", "ROUTES"]

OPEN = {"/api/health", "/metrics"}


def _health(state: State, **_: object) -> dict[str, Any]:
    return {"database": "ok", "version": state.settings.version, "commit": "double"}


def _metrics(state: State, **_: object) -> bytes:
    return (
        "# HELP grafana_build_info A metric with a constant '1' value.\n# TYPE grafana_build_info gauge\n"
        f'grafana_build_info{{edition="oss",version="{state.settings.version}"}} 1\n'
        "# HELP grafana_stat_totals_dashboard total amount of dashboards\n"
        "# TYPE grafana_stat_totals_dashboard gauge\n"
        f"grafana_stat_totals_dashboard {len(state.database.dashboards)}\n"
    ).encode()


ROUTES: list[Route] = [
    ("GET", "/api/health", _health),
    ("GET", "/metrics", _metrics),
]
