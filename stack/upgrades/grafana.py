"""Grafana: its majors, and why there is no way back."""

from __future__ import annotations

from stack.upgrade import Change, Upgrade

__all__ = ["UPGRADE"]

DOCUMENTS = "https://grafana.com/docs/grafana/latest"

UPGRADE = Upgrade(
    changes=(
        Change(
            since="11.0",
            what="panels and data sources made with AngularJS are switched off",
            source=f"{DOCUMENTS}/breaking-changes/breaking-changes-v11-0/",
            hint="none of the shipped dashboards has one; look at those of your site",
        ),
        Change(
            since="12.0",
            what="AngularJS is gone: such panels and data sources cannot be switched on again",
            source="https://grafana.com/developers/plugin-tools/whats-new",
            hint="none of the shipped dashboards has one; look at those of your site",
        ),
        Change(
            since="13.0",
            what="the endpoints of the legacy Alertmanager configuration are otherwise",
            source=f"{DOCUMENTS}/breaking-changes/breaking-changes-v13-0/",
            hint="we ask none of them; look at your own scripts",
        ),
    ),
    in_steps=f"{DOCUMENTS}/upgrade-guide/: from a supported release to a supported one",
    no_way_back="what a newer one has made of its database, an older one does not read",
)
