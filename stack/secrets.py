"""Secrets: references become files that only their owner reads; a value is never printed or rendered."""

from __future__ import annotations

import hmac
import os
import secrets
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from stack.clients.command import run
from stack.errors import CommandFailed, SecretUnreadable
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["fingerprint", "materialise", "rotated", "values"]

KEY = ".fingerprint-key"


def materialise(references: Mapping[str, str], folder: Path) -> tuple[str, ...]:
    """Write each secret to its file, and name those whose value is new.

    Every value is read before the first one is written.

    Raises:
        SecretUnreadable: a reference leads to nothing; no file was touched.
    """
    wanted = {name: _value(name, reference, folder) for name, reference in references.items()}
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    changed = tuple(name for name, value in wanted.items() if _kept(name, folder) != value)
    for name in changed:
        write_atomically(folder / name, wanted[name].encode(), mode=0o600)
    return changed


def rotated(references: Mapping[str, str], folder: Path) -> tuple[str, ...]:
    """Name the secrets whose source now holds another value than their file, without writing any.

    A source that cannot be read now is no change, and a command is not run for this.
    """
    readable = {name: ref for name, ref in references.items() if not ref.startswith("exec:")}
    return tuple(name for name, reference in readable.items() if _differs(name, reference, folder))


def fingerprint(name: str, folder: Path) -> str:
    """Give eight digits that change with a secret's value and tell nothing of it outside this folder."""
    key = folder / KEY
    if not key.exists():
        write_atomically(key, secrets.token_bytes(32), mode=0o600)
    return hmac.digest(key.read_bytes(), (folder / name).read_bytes(), "sha256").hex()[:8]


def values(folder: Path) -> dict[str, str]:
    """Give every secret that is on disk, for the one purpose of looking for it where it must not be."""
    files = sorted(folder.glob("[!.]*")) if folder.is_dir() else []
    return {path.name: path.read_text() for path in files}


def _differs(name: str, reference: str, folder: Path) -> bool:
    try:
        return _value(name, reference, folder) != _kept(name, folder)
    except SecretUnreadable:
        return False


def _kept(name: str, folder: Path) -> str | None:
    try:
        return (folder / name).read_text()
    except OSError:
        return None


def _value(name: str, reference: str, folder: Path) -> str:
    kind, _, rest = reference.partition(":")
    if kind == "generated":
        return _kept(name, folder) or secrets.token_urlsafe(24)
    value = {"env": _from_variable, "file": _from_file, "exec": _from_command}[kind](name, rest).rstrip("\n")
    if not value:
        raise SecretUnreadable(name=name, message=f"{reference} gives an empty value")
    return value


def _from_variable(name: str, variable: str) -> str:
    if variable not in os.environ:
        raise SecretUnreadable(name=name, message=f"the variable {variable} is not set; export it")
    return os.environ[variable]


def _from_file(name: str, path: str) -> str:
    try:
        return Path(path).expanduser().read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no text"
        raise SecretUnreadable(name=name, message=f"file {path}: {reason}") from error


def _from_command(name: str, command: str) -> str:
    try:
        done = run(shlex.split(command))
    except (CommandFailed, ValueError) as error:
        raise SecretUnreadable(name=name, message=f"its command cannot be run: {error}") from error
    if done.code:
        # What the command printed may hold the value itself: only its exit code is told.
        raise SecretUnreadable(name=name, message=f"its command ended with {done.code}")
    return done.stdout
