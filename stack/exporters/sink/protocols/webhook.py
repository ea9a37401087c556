"""Alertmanager's plain webhook, at `/webhook/<receiver>`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.exporters._alertmanager import payload
from stack.exporters.sink.notification import Notification, Protocol

if TYPE_CHECKING:
    from stack.exporters._messages import Request

__all__ = ["PROTOCOL"]


def _read(request: Request, now: float) -> Notification:
    whole = payload(request)
    names, envs = (
        tuple(dict.fromkeys(alert.labels.get(label, "") for alert in whole.alerts))
        for label in ("alertname", "env")
    )
    return Notification(now, request.parts["receiver"], "webhook", whole.status, names, envs, whole.document)


PROTOCOL = Protocol(pattern=r"/webhook/(?P<receiver>.+)", read=_read)
