"""The sink's mail door, over SMTP as Alertmanager speaks it, and what it refuses."""

from __future__ import annotations

import smtplib
import socket
from contextlib import suppress
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.errors import StackError
from stack.exporters._messages import Rejected, Request
from stack.exporters.sink.api import routes
from stack.exporters.sink.mail import MailServer
from stack.exporters.sink.mark import HEADER, RECEIVER
from stack.exporters.sink.protocols.email import PROTOCOL
from stack.exporters.sink.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stack.exporters.sink.notification import Notification


DATE = "Wed, 25 Nov 2026 10:26:53 +0000"


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def mailed(store: Store) -> Iterator[smtplib.SMTP]:
    with (
        MailServer(("127.0.0.1", 0), routes(store)) as server,
        smtplib.SMTP("127.0.0.1", server.port, timeout=10) as client,
    ):
        yield client


def mail(**headers: str) -> EmailMessage:
    """Write a mail as Alertmanager does: as text and as HTML."""
    made = EmailMessage()
    usual = {"From": "a@example.com", "To": "b@example.com", "Subject": "[FIRING:1] Ünwohl", "Date": DATE}
    for name, value in {**usual, **headers}.items():
        if value:
            made[name.replace("_", "-")] = value
    made.set_content("it is down\nin two lines")
    made.add_alternative("<p>it is down</p>", subtype="html")
    return made


def only(store: Store) -> Notification:
    """Give the one notification that arrived."""
    (kept,) = store.notifications()
    return kept


def test_a_mail_is_taken_by_its_marks(mailed: smtplib.SMTP, store: Store) -> None:
    marks = {RECEIVER: "on%20call%2F1", HEADER: '@resolved; alerts "Wärme"; envs "prod" ""'}
    mailed.send_message(mail(**marks))
    kept = only(store)

    assert (kept.receiver, kept.protocol, kept.status) == ("on call/1", "email", "resolved")
    assert (kept.alerts, kept.envs, kept.title) == (("Wärme",), ("prod", ""), "[FIRING:1] Ünwohl")
    assert kept.payload["plain"] == "it is down\nin two lines\n"
    assert kept.payload["html"] == "<p>it is down</p>\n"
    assert kept.payload["headers"]["To"] == "b@example.com"


def test_a_mail_of_anybody_else_is_for_whom_it_is_addressed_to(mailed: smtplib.SMTP, store: Store) -> None:
    mailed.send_message(mail(Subject="[RESOLVED] Down"))

    assert (only(store).receiver, only(store).status, only(store).alerts) == ("b@example.com", "resolved", ())


def test_a_mail_that_lacks_what_every_mail_has_is_refused(mailed: smtplib.SMTP, store: Store) -> None:
    with pytest.raises(smtplib.SMTPDataError) as refused:
        mailed.sendmail("a@example.com", ["b@example.com"], "To: b@example.com\r\n\r\nhello\r\n")
    assert (refused.value.smtp_code, store.notifications()) == (554, [])
    assert refused.value.smtp_error == b"5.6.0 the mail has no From and no Subject and no Date"

    bare = "".join(f"{name}: x\r\n" for name in ("From", "To", "Subject", "Date"))
    with pytest.raises(smtplib.SMTPDataError, match="the mail has no text"):
        mailed.sendmail("a@example.com", ["b@example.com"], bare + "\r\n")
    with pytest.raises(smtplib.SMTPDataError, match="cannot be read"):
        mailed.sendmail("a@b", ["b@c"], bare + "Content-Type: text/plain; charset=klingon\r\n\r\nhello\r\n")
    mailed.send_message(mail())
    assert len(store.notifications()) == 1, "the session goes on"


def test_a_line_that_no_mail_may_have_is_refused(mailed: smtplib.SMTP, store: Store) -> None:
    with pytest.raises(smtplib.SMTPException):
        mailed.sendmail("a@b", ["b@c"], "Subject: " + "x" * 2000 + "\r\n\r\nhello\r\n")
    assert store.notifications() == []


def test_an_address_that_is_taken_is_told_in_one_line(store: Store) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StackError, match=rf"cannot listen on 127\.0\.0\.1:{port}: .*; see --smtp"):
            MailServer(("127.0.0.1", port), routes(store))


def test_it_ends_at_once_whoever_is_still_connected(store: Store) -> None:
    with MailServer(("127.0.0.1", 0), routes(store)) as server:
        client = smtplib.SMTP("127.0.0.1", server.port, timeout=10)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        client.noop()
    client.close()


WRITTEN = st.text().map(lambda text: f"From: a\nTo: b\nSubject: {text}\nDate: {DATE}\n\n{text}".encode())


@given(st.binary() | WRITTEN)
def test_whatever_is_mailed_is_taken_or_refused(body: bytes) -> None:
    with suppress(Rejected):
        PROTOCOL.read(Request("POST", "/email", body=body), 0.0).serialise()
