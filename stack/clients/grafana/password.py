"""Another password for Grafana's admin, so that each of its states can be told by few logins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stack.clients.grafana.server import Grafana
from stack.errors import HttpFailed

if TYPE_CHECKING:
    from stack.clients.http import Session

__all__ = ["ADMIN", "change_password"]

ADMIN = "admin"

TRIES = 3
"""Former passwords that are tried: with the new one that is a login less than locks the right one out."""


def change_password(session: Session, former: tuple[str, ...], password: str) -> None:
    """Give the admin another password, and prove it by one login.

    It is asked for as who knows a former one. Where none of them lets in, an earlier run may have been cut
    off behind the change: then the new one does.

    Args:
        session: to the server; its login is left aside.
        former: the passwords that may still count, the oldest first.
        password: the new one.

    Raises:
        HttpFailed: it does not answer, or refuses the new password.
        Refused: none of them lets in.
    """
    # The oldest where no change came through yet; the newest where a run was cut off right behind one.
    likely = (*former[:1], *reversed(former[1:]))
    next((one for one in likely[:TRIES] if _changed(session, one, password)), None)
    Grafana(replace(session, auth=(ADMIN, password))).check_login()


def _changed(session: Session, old: str, password: str) -> bool:
    """Change it by one login; false where the old password is another.

    Source: https://grafana.com/docs/grafana/latest/developers/http_api/user/#change-password
    """
    wanted = {"oldPassword": old, "newPassword": password, "confirmNew": password}
    try:
        replace(session, auth=(ADMIN, old)).put("/api/user/password", wanted)
    except HttpFailed as failed:
        if failed.status != 401:
            raise
        return False
    return True
