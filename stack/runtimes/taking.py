"""How the services of a live stack take the secrets that were rotated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack import secrets
from stack.errors import ActivationFailed, HttpFailed, Refused
from stack.references import needed_secrets, readers
from stack.runtimes.protocol import Action
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from stack.clients.http import Session
    from stack.runtimes.protocol import Change, Release

__all__ = ["adopt", "reached", "take_over"]


def adopt(release: Release, door: Callable[[str], Session], folder: Path) -> None:
    """Tell each service another value of a secret that it keeps in a database of its own.

    All else is taken by whoever reads it: at each use, when it is reloaded, or when it is started.

    Args:
        release: the live release, its services ready.
        door: HTTP to a service by its name.
        folder: where the environment's secrets lie, the new values among them.

    Raises:
        ActivationFailed: a service did not take it; the former values are kept for the next deploy.
    """
    for service in release.stack.services.values():
        for name, tell in service.adopts.items():
            if before := secrets.former(name, folder):
                try:
                    tell(door(service.name), before, (folder / name).read_text())
                except (HttpFailed, Refused) as error:
                    message = f"{service.name} did not take secret {name}: {error}"
                    raise ActivationFailed(release=release.id, message=message, hint=error.advice) from error
                secrets.taken((name,), folder)


def reached(release: Release, changes: tuple[Change, ...]) -> Iterator[str]:
    """Yield the secrets each of whose readers was started or told to read again by these changes.

    What a command gave may have come as a surprise to the plan: whoever reads it is left for the next one.
    """
    told = {change.service for change in changes if change.action is not Action.NOTHING}
    for name in needed_secrets(release.stack, release.tree):
        if told.issuperset(readers(name, release.stack, release.tree)):
            yield name


def take_over(kept: Mapping[str, bytes], folder: Path) -> None:
    """Take over the values that earlier deploys, also from other machines, have made and used.

    Args:
        kept: the values by their names.
        folder: where this deployer keeps the environment's secrets.
    """
    for name, value in kept.items():
        under_way = secrets.former(name, folder)  # a rotation that was cut off goes on from here
        if not under_way and (not (folder / name).is_file() or (folder / name).read_bytes() != value):
            write_atomically(folder / name, value, mode=0o600)
