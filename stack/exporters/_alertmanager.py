"""Alertmanager's webhook payload, as far as our own programs read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.exporters._messages import Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.exporters._messages import Request

__all__ = ["Alert", "Payload", "payload"]


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of a notification; `starts_at` is its RFC 3339 time as it was written."""

    status: str
    labels: Mapping[str, str]
    starts_at: str


@dataclass(frozen=True, slots=True)
class Payload:
    """One notification: `firing` or `resolved` as a whole, its alerts, and the document itself."""

    status: str
    alerts: tuple[Alert, ...]
    document: Mapping[str, Any]

    @property
    def firing(self) -> tuple[Alert, ...]:
        """The alerts that fire."""
        return tuple(alert for alert in self.alerts if alert.status == "firing")


def payload(request: Request) -> Payload:
    """Read the notification that a request brings.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config

    Raises:
        Rejected: the body is none.
    """
    match document := request.json():
        case {"status": "firing" | "resolved" as status, "alerts": list(alerts)}:
            return Payload(status, tuple(_alert(alert) for alert in alerts), document)
    raise Rejected(400, "the body is no Alertmanager notification: it needs `status` and a list of `alerts`")


def _alert(document: object) -> Alert:
    match document:
        case {"status": str(status), "labels": dict(labels), **rest}:
            written = {str(name): str(value) for name, value in labels.items()}
            return Alert(status, written, str(rest.get("startsAt", "")))
    raise Rejected(400, "the body is no Alertmanager notification: an alert needs `status` and `labels`")
