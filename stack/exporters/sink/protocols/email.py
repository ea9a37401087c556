"""A mail as it was sent, RFC 5322, at `/email`; the SMTP door hands every mail on to here."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from stack.exporters._messages import Rejected
from stack.exporters.sink.mark import HEADER, RECEIVER, Mark, read_mark
from stack.exporters.sink.notification import Notification, Protocol

if TYPE_CHECKING:
    from email.message import EmailMessage

    from stack.exporters._messages import Request

__all__ = ["PATH", "PROTOCOL"]

PATH = "/email"
NEEDED = ("From", "To", "Subject", "Date")


def _read(request: Request, now: float) -> Notification:
    mail = message_from_bytes(request.body, policy=policy.default)
    texts = {kind: _text(mail, kind) for kind in ("plain", "html")}
    if missing := [name for name in NEEDED if not _header(mail, name)]:
        raise Rejected(400, f"the mail has no {' and no '.join(missing)}")
    if not any(texts.values()):
        raise Rejected(400, "the mail has no text")
    subject = _header(mail, "Subject")
    mark = read_mark(_header(mail, HEADER)) or Mark("resolved" if "[RESOLVED" in subject else "firing")
    receiver = unquote(_header(mail, RECEIVER)) or _header(mail, "To")
    payload = {"headers": {name: _header(mail, name) for name in mail}, **texts}
    return Notification(now, receiver, "email", mark.status, mark.alerts, mark.envs, payload, subject)


def _header(mail: EmailMessage, name: str) -> str:
    value: Any = mail.get(name, "")
    return " ".join(str(value).split())


def _text(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    try:
        return str(part.get_content()).replace("\r\n", "\n") if part else ""
    except (LookupError, ValueError) as error:  # an unknown character set, or none that fits
        raise Rejected(400, f"the mail's text cannot be read: {error}") from error


PROTOCOL = Protocol(pattern=PATH, read=_read)
