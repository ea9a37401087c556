"""What a receiver says where its environment does not: our templates, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["INTEGRATIONS", "filled"]


def _ours(name: str) -> str:
    return f'{{{{ template "monitoring.{name}" . }}}}'


def _listed(alerts: str) -> str:
    return f'{{{{ template "monitoring.pagerduty.alerts" .Alerts.{alerts} }}}}'


SLACK: Mapping[str, Any] = {
    "send_resolved": True,
    "title": _ours("slack.title"),
    "title_link": _ours("slack.link"),
    "text": _ours("slack.text"),
    "color": _ours("slack.color"),
    "fallback": _ours("slack.title"),
    "footer": _ours("slack.footer"),
}

PAGERDUTY: Mapping[str, Any] = {
    "description": _ours("pagerduty.description"),
    "severity": _ours("severity"),
    "client": _ours("pagerduty.client"),
    "client_url": _ours("view"),
    "links": [{"href": _ours("runbook"), "text": "Runbook"}],
    # Alertmanager adds the last four with templates of its own where they are not given.
    "details": {
        "environment": '{{ template "monitoring.envs" .Alerts }}',
        "firing": _listed("Firing"),
        "resolved": _listed("Resolved"),
        "num_firing": "{{ len .Alerts.Firing }}",
        "num_resolved": "{{ len .Alerts.Resolved }}",
    },
}

EMAIL: Mapping[str, Any] = {
    "send_resolved": True,
    "headers": {"Subject": _ours("email.subject")},
    "html": _ours("email.html"),
    "text": _ours("email.text"),
}

INTEGRATIONS: Mapping[str, Mapping[str, Any]] = {
    "slack_configs": SLACK,
    "pagerduty_configs": PAGERDUTY,
    "email_configs": EMAIL,
}
"""The fields that are ours where nobody else has written them, by kind of integration.

Source: https://prometheus.io/docs/alerting/latest/configuration/#receiver-integration-settings
"""


def filled(receiver: Mapping[str, Any]) -> dict[str, Any]:
    """Give a receiver with every field that it leaves out; what is written stays, also where it is empty."""
    return {kind: _completed(kind, members) for kind, members in receiver.items()}


def _completed(kind: str, members: Any) -> Any:
    if kind not in INTEGRATIONS or not isinstance(members, list):
        return members
    return [_over(INTEGRATIONS[kind], one) if isinstance(one, Mapping) else one for one in members]


def _over(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    # The name of a mail's header may be written in any case.
    written = {str(key).lower() for key in theirs}
    more = {key: value for key, value in ours.items() if key.lower() not in written}
    both = {key: _both(ours.get(key), value) for key, value in theirs.items()}
    return {**both, **more}


def _both(ours: Any, theirs: Any) -> Any:
    nested = isinstance(ours, Mapping) and isinstance(theirs, Mapping)
    return _over(ours, theirs) if nested else theirs
