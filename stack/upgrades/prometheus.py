"""Prometheus: from 2 to 3, and back."""

from __future__ import annotations

from stack.report import Severity
from stack.upgrade import Change, Floor, Upgrade

__all__ = ["UPGRADE"]

GUIDE = "https://prometheus.io/docs/prometheus/latest/migration/"
CHANGES = "https://github.com/prometheus/prometheus/blob/main/CHANGELOG.md#300--2024-11-14"

UPGRADE = Upgrade(
    changes=(
        Change(
            since="3.0",
            what="this flag is gone, and it does not start with it",
            source=CHANGES,
            flags=(
                "--storage.tsdb.retention",
                "--storage.tsdb.allow-overlapping-blocks",
                "--alertmanager.timeout",
            ),
            severity=Severity.ERROR,
        ),
        Change(
            since="3.0",
            what="a flag of its own takes this feature's place, and the feature is ignored",
            source=GUIDE,
            features=("agent", "remote-write-receiver"),
            severity=Severity.ERROR,
            hint="use --agent, or --web.enable-remote-write-receiver",
        ),
        Change(
            since="3.0",
            what="this feature is always on, and naming it is only warned about",
            source=GUIDE,
            features=(
                "auto-gomaxprocs",
                "auto-gomemlimit",
                "expand-external-labels",
                "new-service-discovery-manager",
                "no-default-scrape-port",
                "promql-at-modifier",
                "promql-negative-offset",
            ),
        ),
        Change(
            since="3.0",
            what="a range leaves out its left end, and `.` in a regular expression matches a newline",
            source=GUIDE,
            hint="a window of two intervals may hold but two samples: `invoke rules.test --every`",
        ),
        Change(
            since="3.0",
            what="a scrape without a valid Content-Type fails",
            source=GUIDE,
            hint="set `fallback_scrape_protocol` on jobs of old exporters",
        ),
        Change(
            since="3.0",
            what='values of `le` and `quantile` are written as floats: `le="1"` becomes `le="1.0"`',
            source=GUIDE,
            hint="look for them in rules and dashboards",
        ),
        Change(
            since="3.0",
            what="`holt_winters` is `double_exponential_smoothing`, and experimental",
            source=GUIDE,
            hint="the new promtool tells where: `invoke check`",
        ),
        Change(since="3.0", what="Alertmanagers older than 0.16 are not told of alerts", source=GUIDE),
    ),
    floors=(
        Floor(
            since="3.0",
            floor="2.55",
            what="the index of its blocks has another format, which an older one cannot read",
            source=GUIDE,
        ),
    ),
)
