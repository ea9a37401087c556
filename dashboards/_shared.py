"""Panels that several dashboards show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._fixed import WATCHDOG_SILENT
from dashboards._limits import pages, warns
from dashboards._panels import figure

if TYPE_CHECKING:
    from grafana_foundation_sdk.builders import stat
    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import DashboardLink

    from dashboards._kit import Values

__all__ = ["last_heartbeat", "targets_down"]

ENV = 'env=~"$env"'


def targets_down(values: Values, *leads: Builder[DashboardLink]) -> stat.Panel:
    """Count the targets that do not answer."""
    return figure(
        "Targets down",
        "Scrape targets that do not answer. Anything but 0 means that something is unseen.",
        {"{{env}}": f"sum by (env) (up{{{ENV}}} == bool 0)"},
        "none",
        warns(values, "TargetDown", over=0),
        leads=leads,
    )


def last_heartbeat(values: Values, *leads: Builder[DashboardLink]) -> stat.Panel:
    """Say how long ago the path of alerts was last proved."""
    return figure(
        "Last heartbeat",
        "How long ago the always-firing alert came through; it does every 30 s. Else nobody may be told.",
        {"{{env}}": f"time() - max by (env) (watchdog_last_beat_timestamp_seconds{{{ENV}}})"},
        "s",
        pages(values, "WatchdogSilent", over=WATCHDOG_SILENT),
        leads=leads,
    )
