"""Secrets: references become files that only their owner reads; a value is never printed or rendered."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from stack.errors import SecretUnreadable
from stack.secrets.former import forget, former, remember
from stack.secrets.reading import KEY, NEXT, Reading
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = [
    "fingerprint",
    "former",
    "in_force",
    "materialise",
    "renew",
    "rotated",
    "taken",
    "telling",
    "values",
]

SHORTEST = 6
"""Characters of a value; a shorter one would be found by chance."""


def materialise(references: Mapping[str, str], folder: Path) -> tuple[str, ...]:
    """Write each secret to its file, and name those whose value is new.

    Every value is read before the first one is written.

    Raises:
        SecretUnreadable: a reference leads to nothing; no file was touched.
    """
    reading = Reading(references, folder)
    wanted = {name: reading.value(name) for name in references}
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    reading.keep_key()
    changed = tuple(name for name, value in wanted.items() if reading.kept(name) != value)
    for name in changed:
        # Before it is replaced: a cut between the two must leave the value that the services still use.
        if (before := reading.kept(name)) is not None:
            remember(name, before, folder)
        write_atomically(folder / name, wanted[name].encode(), mode=0o600)
    for name in wanted:
        (folder / NEXT / name).unlink(missing_ok=True)
    return changed


def taken(names: Iterable[str], folder: Path) -> None:
    """Note that every service has taken the values on disk; until then they count as rotated."""
    for name in names:
        forget(name, folder)


def renew(name: str, value: str, folder: Path) -> None:
    """Let the next deploy bring a `generated` secret another value; what is in use stays until then."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NEXT).mkdir(mode=0o700, exist_ok=True)
    write_atomically(folder / NEXT / name, value.encode(), mode=0o600)


def in_force(name: str, folder: Path) -> str | None:
    """Give the value that a service has surely taken, None where there is none.

    While a rotation is on its way that is the former one.
    """
    return next(iter(former(name, folder)), None) or Reading({}, folder).kept(name)


def rotated(references: Mapping[str, str], folder: Path) -> tuple[str, ...]:
    """Name the secrets whose source now holds another value than their services have taken; write none.

    A source that cannot be read now is no change, and a command is not run for this.
    """
    reading = Reading(references, folder, looks=True)
    return tuple(name for name in references if _differs(name, reading, folder))


def fingerprint(name: str, folder: Path) -> str:
    """Give eight digits that change with a secret's value and tell nothing of it outside this folder."""
    key = folder / KEY
    if not key.exists():
        write_atomically(key, secrets.token_bytes(32), mode=0o600)
    return hmac.digest(key.read_bytes(), (folder / name).read_bytes(), "sha256").hex()[:8]


def telling(folder: Path) -> dict[str, str]:
    """Give those secrets on disk whose value, found anywhere, was not put there by chance."""
    return {name: value for name, value in values(folder).items() if len(value) >= SHORTEST}


def values(folder: Path) -> dict[str, str]:
    """Give every secret that is on disk, for the one purpose of looking for it where it must not be."""
    files = sorted(folder.glob("[!.]*")) if folder.is_dir() else []
    return {path.name: path.read_text() for path in files}


def _differs(name: str, reading: Reading, folder: Path) -> bool:
    if former(name, folder):
        return True  # its file is new, and a run was cut off before its services had taken it
    try:
        return reading.value(name) != reading.kept(name)
    except SecretUnreadable:
        return False
