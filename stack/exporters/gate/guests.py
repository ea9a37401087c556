"""Who somebody is, by the credentials that a request carries."""

from __future__ import annotations

import base64
import binascii
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.exporters.gate.attempts import Attempts
from stack.exporters.gate.passwords import Passwords
from stack.exporters.gate.paths import USER
from stack.exporters.gate.settings import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.exporters.gate.settings import Settings

__all__ = ["HEADER", "Guests", "Stranger", "TooMany"]

HEADER = "x-monitoring-token"
"""The header of a token where `Authorization` is that of the server behind the proxy."""

WINDOW = 300.0
"""Seconds."""

OF_AN_ADDRESS, OF_A_USER, AT_GRAFANA = 10, 50, 20
"""Failed logins within the window; of a user more than of an address, so that nobody locks another out."""


class Stranger(Exception):
    """No credentials, or wrong ones."""


@dataclass
class TooMany(Exception):
    """Too many failed logins; the next one may be tried after so many seconds."""

    seconds: int


class Guests:
    """Knows users and programs, and counts how often somebody was neither.

    Args:
        settings: whom it knows.
    """

    def __init__(self, settings: Settings) -> None:
        self.meet(settings)
        self._addresses, self._users = Attempts(OF_AN_ADDRESS, WINDOW), Attempts(OF_A_USER, WINDOW)
        self._logins = Attempts(AT_GRAFANA, WINDOW)

    def meet(self, settings: Settings) -> None:
        """Know these from now on, and nobody else."""
        self._tokens, self._passwords = settings.tokens, Passwords(settings.users)

    def grant(self, headers: Mapping[str, str], address: str) -> str:
        """Give what the sender of a request may do: `user`, or the scope of a token.

        Raises:
            Stranger: the request carries no credentials, or wrong ones.
            TooMany: there were too many wrong ones before.
        """
        if token := headers.get(HEADER, ""):
            return self._by_token(token, address)
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._by_token(rest.strip(), address)
        if scheme.lower() == "basic":
            return self._by_password(*_pair(rest), address)
        raise Stranger

    def log_in(self, address: str) -> None:
        """Count a login at Grafana, which judges it itself.

        Raises:
            TooMany: there were too many from this address.
        """
        if wait := self._logins.begin(address, time.monotonic()):
            raise TooMany(wait)

    def _by_token(self, token: str, address: str) -> str:
        # By digest: how long the look-up takes tells nothing of the token itself.
        if scope := self._tokens.get(digest(token)):
            return scope
        if wait := self._addresses.begin(address, time.monotonic()):
            raise TooMany(wait)
        raise Stranger

    def _by_password(self, user: str, password: str, address: str) -> str:
        if self._passwords.known(user, password):
            return USER
        now = time.monotonic()
        if wait := self._addresses.begin(address, now) or self._users.begin(user, now):
            raise TooMany(wait)
        if not self._passwords.right(user, password):
            raise Stranger
        self._addresses.forgive(address)
        self._users.forgive(user)
        return USER


def _pair(encoded: str) -> tuple[str, str]:
    """Read user and password of basic authentication.

    Source: https://www.rfc-editor.org/rfc/rfc7617

    Raises:
        Stranger: they are none.
    """
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Stranger from error
    if not colon:
        raise Stranger
    return user, password
