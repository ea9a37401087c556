"""Alertmanager's plain webhook, at `/webhook/<receiver>`; `?note=…` tells what it stands in for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.documents import dig
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
    title, note = (
        str(dig(whole.document, "commonAnnotations", "summary") or ""),
        request.query.get("note", ""),
    )
    receiver = request.parts["receiver"]
    return Notification(now, receiver, "webhook", whole.status, names, envs, whole.document, title, note)


PROTOCOL = Protocol(pattern=r"/webhook/(?P<receiver>.+)", read=_read)
