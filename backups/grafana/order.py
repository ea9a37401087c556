"""Every kind of Grafana's objects, in the order in which they are brought back: first what others need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.clients.grafana.objects import (
    alert_rules,
    contact_points,
    dashboards,
    datasources,
    folders,
    library_panels,
    mute_timings,
    permissions,
    policies,
    preferences,
    service_accounts,
    teams,
    templates,
)
from stack.clients.grafana.objects import annotations as annotation
from stack.services.grafana import DATA_SOURCE, FOLDER

if TYPE_CHECKING:
    from stack.clients.grafana.kind import Kind

__all__ = ["ONE_DASHBOARD", "ORDER", "REFERENCES", "RELEASED", "UID"]

ORDER: tuple[Kind, ...] = (
    teams.KIND,
    service_accounts.KIND,
    folders.KIND,
    datasources.KIND,
    library_panels.KIND,
    dashboards.KIND,
    # Of teams and service accounts, too.
    permissions.FOLDERS,
    permissions.DASHBOARDS,
    mute_timings.KIND,
    templates.KIND,
    contact_points.KIND,
    # Its routes name contact points and mute timings.
    policies.KIND,
    # They lie in folders, ask data sources and may name contact points.
    alert_rules.KIND,
    alert_rules.GROUPS,
    annotation.KIND,
    # A dashboard is at home there.
    preferences.KIND,
)

ONE_DASHBOARD: tuple[Kind, ...] = (folders.KIND, dashboards.KIND)
"""What is brought back where just one dashboard is wanted."""

RELEASED = frozenset({(folders.KIND.name, FOLDER), (datasources.KIND.name, DATA_SOURCE)})
"""What comes with every release, by kind and key."""

REFERENCES = frozenset({"datasource", "datasourceUid"})
"""Under which keys a data source is referred to by its uid: as text, or as a mapping that has it."""

UID = frozenset({"uid", "name"})
"""How such a mapping calls the uid; the schema v2 of dashboards says `name`."""
