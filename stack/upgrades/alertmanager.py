"""Alertmanager: what its releases have taken away."""

from __future__ import annotations

from stack.report import Severity
from stack.upgrade import Change, Floor, Upgrade

__all__ = ["UPGRADE"]

CHANGES = "https://github.com/prometheus/alertmanager/blob/main/CHANGELOG.md"

UPGRADE = Upgrade(
    changes=(
        Change(
            since="0.27",
            what="`/api/v1/` answers 410",
            source=CHANGES,
            hint="whatever else asks it must ask /api/v2/",
        ),
        Change(
            since="0.33",
            what="this feature is gone, and it does not start with it",
            source=CHANGES,
            features=("auto-gomaxprocs",),
            severity=Severity.ERROR,
        ),
        Change(
            since="0.33",
            what="the metric `alertmanager_marked_alerts` is gone",
            source=CHANGES,
            hint="look for it in rules and dashboards: `invoke rules.metrics`",
        ),
        Change(
            since="0.34",
            what="some failed notifications count as `authError` or `rateLimited`, not as `clientError`",
            source=CHANGES,
            hint="look for it in rules and dashboards",
        ),
    ),
    floors=(
        Floor(
            since="0.32",
            until="0.33.1",
            floor="0.32",
            what="its silences are kept in a form that an older one cannot read",
            source=CHANGES,
        ),
    ),
)
