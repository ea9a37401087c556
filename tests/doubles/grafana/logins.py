"""Who may ask: one admin, whose right password is refused too after five wrong ones."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.refusals import Answer

if TYPE_CHECKING:
    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES", "check_login"]

ATTEMPTS, LOCKED_FOR = 5, 300.0


def check_login(state: State, header: str) -> None:
    """Refuse whoever is not the admin, by the `Authorization` header."""
    kind, _, coded = header.partition(" ")
    if kind != "Basic":
        raise Answer(401, "Unauthorized")
    user, _, password = base64.b64decode(coded).decode().partition(":")
    now = time.monotonic()
    state.wrong_logins = [moment for moment in state.wrong_logins if now - moment < LOCKED_FOR]
    expected = (state.settings.admin, state.database.password)
    if len(state.wrong_logins) >= ATTEMPTS or (user, password) != expected:
        state.wrong_logins.append(now)
        raise Answer(401, "invalid username or password", messageId="password-auth.failed", statusCode=401)
    state.wrong_logins.clear()


def _user(state: State, **_: object) -> dict[str, Any]:
    return {"id": 1, "login": state.settings.admin, "isGrafanaAdmin": True}


def _change_password(state: State, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    if document.get("oldPassword") != state.database.password:
        raise Answer(401, "Invalid old password")
    state.database.password = document["newPassword"]
    state.save()
    return {"message": "User password changed"}


ROUTES: list[Route] = [
    ("GET", "/api/user", _user),
    ("PUT", "/api/user/password", _change_password),
]
