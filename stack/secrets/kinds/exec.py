"""What a command prints: sops, vault, a password store."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from stack.clients.command import run
from stack.errors import CommandFailed, SecretUnreadable
from stack.secrets.kind import Kind

if TYPE_CHECKING:
    from stack.secrets.kind import Known

__all__ = ["KIND"]


def _read(name: str, argument: str, known: Known) -> str:
    del known
    try:
        done = run(shlex.split(argument))
    except (CommandFailed, ValueError) as error:
        raise SecretUnreadable(name=name, message=f"its command cannot be run: {error}") from error
    if done.code:
        # What the command printed may hold the value itself: only its exit code is told.
        raise SecretUnreadable(name=name, message=f"its command ended with {done.code}")
    return done.stdout


KIND = Kind(
    form="exec:COMMAND",
    pattern="exec:.+",
    read=_read,
    runs=True,
    elsewhere="rotate it where `{said}` has it from",
)
