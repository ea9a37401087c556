"""Whom the gate knows: read from its JSON file and from the secret files that it names."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stack.errors import StackError
from stack.exporters.gate.paths import DEPLOY, SCOPES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Settings", "digest", "read"]

SHORTEST = 20
"""Characters of a token: it is kept as a plain digest, which only a long one can afford."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Users with the bcrypt hash of their password, and programs: SHA-256 of a token to what it may do."""

    users: Mapping[str, bytes]
    tokens: Mapping[bytes, str]


def digest(token: str) -> bytes:
    """Give what a token is kept as."""
    return hashlib.sha256(token.encode()).digest()


def read(path: Path, deploy_token: Path) -> Settings:
    """Read the gate's file, and the secrets beside it.

    Raises:
        StackError: one of them cannot be read, or something in it is wrong.
    """
    try:
        return _settings(json.loads(path.read_bytes()), path.parent, deploy_token)
    except OSError as error:
        raise StackError(message=f"cannot read {error.filename}: {error.strerror}") from error
    except ValueError as error:
        raise StackError(message=f"{path}: {error}") from error


def _settings(document: Any, folder: Path, deploy_token: Path) -> Settings:
    match document:
        case {"users": dict(users), "tokens": list(tokens)}:
            hashes = {user: _hash(user, _beside(folder, file)) for user, file in users.items()}
            scopes = dict(_token(entry, folder) for entry in tokens)
            return Settings(hashes, {**scopes, _digest("the deploy token", deploy_token): DEPLOY})
    raise ValueError("must be a mapping of `users` and `tokens`")


def _token(entry: Any, folder: Path) -> tuple[bytes, str]:
    match entry:
        case {"name": str(name), "scope": str(scope), "file": str(file)} if scope in SCOPES:
            return _digest(f"token '{name}'", _beside(folder, file)), scope
    raise ValueError(f"a token needs a `name`, a `file`, and a `scope` of {', '.join(sorted(SCOPES))}")


def _beside(folder: Path, written: str) -> Path:
    # By the letters, as Prometheus and Alertmanager do: `..` must not follow the link to a release.
    return Path(os.path.normpath(folder / written))


def _hash(user: str, file: Path) -> bytes:
    text = file.read_text().strip()
    if not text.startswith(("$2a$", "$2b$", "$2y$")) or len(text) != 60:
        raise ValueError(f"the secret of user '{user}', {file.name}, is no bcrypt hash")
    return text.encode()


def _digest(name: str, file: Path) -> bytes:
    token = file.read_text().strip()
    if len(token) < SHORTEST:
        raise ValueError(f"{name} in {file.name} is shorter than {SHORTEST} characters: it could be guessed")
    return digest(token)
