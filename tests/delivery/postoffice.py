"""A mail server as one finds it outside: STARTTLS with a certificate, a login, and now and then no time."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import TYPE_CHECKING, Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.lab import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session

__all__ = ["PostOffice", "postoffice"]

USER, PASSWORD = b"monitoring@example.com", b"open sesame"


@dataclass
class PostOffice:
    """What was posted: each mail and to whom, whether it came over TLS and by whose login."""

    port: int
    replies: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    sealed: list[tuple[bool, object]] = field(default_factory=list)
    attempts: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.attempts += 1
        if self.replies:
            return self.replies.pop(0)
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(envelope.rcpt_tos)
        self.sealed.append((session.ssl is not None, session.auth_data))
        return "250 OK"

    def login(self, *given: Any) -> AuthResult:
        """Let in who knows the password."""
        word = given[-1]
        known = isinstance(word, LoginPassword) and (word.login, word.password) == (USER, PASSWORD)
        return AuthResult(success=known, auth_data=USER.decode() if known else None)


@contextmanager
def postoffice(folder: Path, *, tls: bool = True) -> Iterator[PostOffice]:
    """Open a post office; its authority's certificate lies at `ca.pem` in the folder."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = SSLContext(PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    office = PostOffice(port=next(free_ports()))
    sealed: dict[str, Any] = {"tls_context": context, "require_starttls": True, "auth_required": True}
    server = Controller(
        office,
        hostname="127.0.0.1",
        port=office.port,
        server_hostname="mail.test",
        auth_exclude_mechanism=["LOGIN"],
        authenticator=office.login,
        **(sealed if tls else {}),
    )
    server.start()
    try:
        yield office
    finally:
        server.stop()
