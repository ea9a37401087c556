"""Slack's incoming webhook, at `/slack/<receiver>`.

Source: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.documents import mapping, mappings
from stack.exporters._messages import Answer, Rejected
from stack.exporters.sink.mark import FIELD, Mark, read_mark
from stack.exporters.sink.notification import Notification, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.exporters._messages import Request

__all__ = ["PROTOCOL"]

MOST_ATTACHMENTS = 100
TEXTS = ("fallback", "pretext", "text", "title")


def _read(request: Request, now: float) -> Notification:
    message = _message(request)
    mark = _mark(message) or Mark("resolved" if _title(message).startswith("[RESOLVED") else "firing")
    receiver, title = request.parts["receiver"], _title(message)
    return Notification(now, receiver, "slack", mark.status, mark.alerts, mark.envs, message, title)


def _message(request: Request) -> Mapping[str, Any]:
    message = request.json() if request.media == "application/json" else None
    attachments = mapping(message).get("attachments") or []
    if not isinstance(message, dict) or not isinstance(attachments, list):
        raise Rejected(400, "invalid_payload")
    if len(attachments) > MOST_ATTACHMENTS:
        raise Rejected(400, "too_many_attachments")
    if not all(map(_is_sound, (message, *attachments))):
        raise Rejected(400, "invalid_payload")
    if not _says(message) and not (attachments and all(map(_says, attachments))):
        raise Rejected(400, "no_text")
    return message


def _is_sound(part: object) -> bool:
    """Say whether texts are texts, and fields have a title and a value."""
    if not isinstance(part, dict):
        return False
    fields = part.get("fields") or []
    texts = all(isinstance(part.get(key), str | None) for key in (*TEXTS, "channel", "color", "footer"))
    return texts and isinstance(fields, list) and all(map(_is_field, fields))


def _is_field(field: object) -> bool:
    return all(isinstance(mapping(field).get(key), str) for key in ("title", "value"))


def _says(part: Mapping[str, Any]) -> bool:
    return any(str(part.get(key) or "").strip() for key in TEXTS) or bool(part.get("fields"))


def _mark(message: Mapping[str, Any]) -> Mark | None:
    fields = [
        field
        for _, attachment in mappings(message.get("attachments"))
        for _, field in mappings(attachment.get("fields"))
    ]
    marked = (field["value"] for field in fields if field["title"] == FIELD)
    return next((mark for value in marked if (mark := read_mark(value))), None)


def _title(message: Mapping[str, Any]) -> str:
    parts = [*(attachment for _, attachment in mappings(message.get("attachments"))), message]
    texts = (part.get(key) for part in parts for key in ("title", "fallback", "pretext", "text"))
    return next((text for text in texts if text), "")


def _refused(rejected: Rejected) -> Answer:
    word = str(rejected) if " " not in str(rejected) else "invalid_payload"
    return Answer(word.encode(), rejected.status)


# Alertmanager takes nothing but these two letters for a success.
PROTOCOL = Protocol(
    pattern=r"/slack/(?P<receiver>.+)", read=_read, taken=lambda _: Answer(b"ok"), refused=_refused
)
