"""The sink's SMTP door: takes every mail and hands it on as a request."""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import TYPE_CHECKING, Self

from aiosmtpd.smtp import SMTP

from stack.errors import StackError
from stack.exporters._messages import Request, answer
from stack.exporters._server import LONGEST_BODY
from stack.exporters.sink.protocols.email import PATH

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from aiosmtpd.smtp import Envelope, Session

    from stack.exporters._messages import Route

__all__ = ["MailServer"]


class _Hands:
    """Gives what was mailed to the routes, and their verdict back in SMTP's words."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = routes

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 # aiosmtpd's name
        """Take one mail."""
        del server, session
        body = envelope.content if isinstance(envelope.content, bytes) else b""
        given = answer(self._routes, Request("POST", PATH, body=body, media="message/rfc822"))
        if given.status < 300:
            return "250 taken"
        return f"554 5.6.0 {given.body.decode(errors='replace').strip()}"


class MailServer:
    """Binds its address at once; takes mails while it is entered.

    Raises:
        StackError: the address cannot be had.
    """

    def __init__(self, address: tuple[str, int], routes: Sequence[Route]) -> None:
        self._loop = asyncio.new_event_loop()
        self._hands = _Hands(routes)
        try:
            bound = self._loop.create_server(self._protocol, *address)
            self._server = self._loop.run_until_complete(bound)
        except OSError as error:
            self._loop.close()
            message = f"cannot listen on {address[0]}:{address[1]}: {error.strerror}; see --smtp"
            raise StackError(message=message) from error
        self._thread = Thread(target=self._loop.run_forever, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def __enter__(self) -> Self:
        """Begin to take mails."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and end what is still open."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._end())
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        sessions = asyncio.all_tasks() - {asyncio.current_task()}
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)

    def _protocol(self) -> SMTP:
        # The usual host name is asked of DNS, which can take seconds.
        return SMTP(
            self._hands,
            hostname="sink",
            ident="monitoring-stack",
            data_size_limit=LONGEST_BODY,
            enable_SMTPUTF8=True,
            loop=self._loop,
        )
