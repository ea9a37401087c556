"""The secrets that let somebody in from outside: their names, and those that an environment implies."""

from __future__ import annotations

import re
from typing import Any

__all__ = [
    "CERTIFICATE",
    "CLIENT",
    "DEPLOY",
    "KEY",
    "WEB_AUTHORITY",
    "WEB_CONFIG",
    "WEB_PASSWORD",
    "hash_of",
    "token_of",
    "with_secrets",
]

DEPLOY = "deploy_token"
"""The secret that opens every door: what a deploy asks and reloads with."""

CERTIFICATE, KEY = "proxy_certificate", "proxy_key"
"""The secrets that `tls: files` reads: a PEM chain, the server's own certificate first, and its key."""

WEB_CONFIG, WEB_AUTHORITY, WEB_PASSWORD = "web_config", "web_authority", "web_password"  # names
"""The secrets of servers that ask for a password themselves: the file that they read, with their certificate
and the hash in it; the authority's certificate, and the password, for those who ask them."""

CLIENT = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{0,19}")


def hash_of(user: str) -> str:
    """Name the secret that is the bcrypt hash of a user's password."""
    return f"user_{user}_hash"


def token_of(client: str) -> str:
    """Name the secret that is the token of a program."""
    return f"token_{client}"


def with_secrets(document: Any) -> Any:  # an environment as it was written, perhaps not well
    """Add the secrets that come with users and programs to those that an environment names itself."""
    named = document.get("secrets", {}) if isinstance(document, dict) else None
    if not isinstance(named, dict):
        return document
    return {**document, "secrets": {**_implied(document.get("proxy")), **named}}


def _implied(proxy: Any) -> dict[str, str]:
    """Give the secrets of users and programs: each is made here, unless the environment says otherwise."""
    section = proxy if isinstance(proxy, dict) else {}
    made: dict[str, str] = {}
    for user in _names(section.get("users"), list | tuple):
        made |= {f"user_{user}": "generated", hash_of(user): f"bcrypt:user_{user}"}
    return made | {token_of(client): "generated" for client in _names(section.get("tokens"), dict)}


def _names(written: Any, kind: Any) -> list[str]:
    """Give the names that are fit to be some; what is wrong with the others is told elsewhere."""
    names = written if isinstance(written, kind) else ()
    return [name for name in names if isinstance(name, str) and CLIENT.fullmatch(name)]
