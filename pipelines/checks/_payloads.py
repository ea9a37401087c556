"""Notifications to try templates with: the usual one, and those that nobody thinks of.

Source: https://prometheus.io/docs/alerting/latest/notifications/#data
"""

from __future__ import annotations

from typing import Any

__all__ = ["EMPTY", "OVER", "USUAL", "payloads"]

USUAL = "a usual notification"
OVER = "one that is over"
EMPTY = "no alert at all"
"""Alertmanager sends none such; a template that it breaks breaks easily."""

BEGIN, END, NEVER = "2001-02-03T04:05:06Z", "2001-02-03T05:06:07Z", "0001-01-01T00:00:00Z"
TEXTS = {
    "summary": "a summary",
    "description": "a description\nin two lines",
    "runbook_url": "https://runbook.example/Sample",
}
SCRIPTS = "Wärme · 温度 · حرارة · 🌡️ & <b>\"'`${x}"
MANY, LONG = 100, 5000


def payloads(env: str) -> dict[str, dict[str, Any]]:
    """Give notifications of an environment, by what is special about them."""
    one = _alert(env)
    other = _alert("elsewhere", alertname="Other", severity="warning", instance="host:2")
    drill = _alert(env, drill="true")
    return {
        USUAL: _notification(one),
        OVER: _notification(_resolved(one)),
        "alerts of several environments": _notification(one, other, _resolved(other)),
        f"{MANY} alerts": _notification(*(_alert(env, instance=f"host:{n}") for n in range(MANY))),
        "an alert without labels": _notification({**one, "labels": {}}),
        "an alert without annotations": _notification({**one, "annotations": {}}),
        "texts in many scripts": _notification(_worded(_alert(env, service=SCRIPTS), SCRIPTS)),
        "very long texts": _notification(_worded(_alert(env, service="s" * LONG), "wörd " * LONG)),
        "a drill": _notification(drill, _resolved(drill)),
        EMPTY: _notification(),
    }


def _alert(env: str, **labels: str) -> dict[str, Any]:
    usual = {"alertname": "Sample", "env": env, "severity": "page", "job": "sample", "instance": "host:1"}
    return {
        "status": "firing",
        "labels": {**usual, **labels},
        "annotations": TEXTS,
        "startsAt": BEGIN,
        "endsAt": NEVER,
        "generatorURL": "http://prometheus.example/graph?g0.expr=up",
        "fingerprint": "0123456789abcdef",
    }


def _resolved(alert: dict[str, Any]) -> dict[str, Any]:
    return {**alert, "status": "resolved", "endsAt": END}


def _worded(alert: dict[str, Any], text: str) -> dict[str, Any]:
    return {**alert, "annotations": {**TEXTS, "summary": text, "description": text}}


def _notification(*alerts: dict[str, Any]) -> dict[str, Any]:
    fires = any(alert["status"] == "firing" for alert in alerts)
    labels, annotations = (_common(alerts, part) for part in ("labels", "annotations"))
    return {
        "receiver": "sample",
        "status": "firing" if fires else "resolved",
        "alerts": list(alerts),
        "groupLabels": {name: labels[name] for name in ("alertname", "env") if name in labels},
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": "http://alertmanager.example",
    }


def _common(alerts: tuple[dict[str, Any], ...], part: str) -> dict[str, str]:
    """Give what all alerts have alike, as Alertmanager does."""
    first = alerts[0][part] if alerts else {}
    return {
        name: value for name, value in first.items() if all(one[part].get(name) == value for one in alerts)
    }
