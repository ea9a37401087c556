"""Waits until services can do their work, and makes them read their configuration again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from stack.errors import ActivationFailed, HttpFailed
from stack.runtimes.protocol import Action, Change, Release
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from stack.clients.http import Session
    from stack.service import Stack

__all__ = ["STARTED", "Ground", "await_back", "await_ready", "reload", "see_logs"]

STARTED = frozenset({Action.CREATE, Action.RECREATE})

PATIENCE = 30.0
"""Seconds that a service has to become ready; replaying a long write-ahead log takes most of it."""

GRACE = 2.0
"""Seconds in which a service may fail to start and be tried again: its forerunner may still hold the port."""


class Ground(Protocol):
    """What is asked of a runtime while its services come up."""

    def door(self, stack: Stack, service: str) -> Session:
        """Give HTTP to a service."""
        ...

    def logs(self, service: str, *, lines: int) -> Iterator[str]:
        """Yield the last lines of a service's log."""
        ...

    def running(self, stack: Stack, names: Collection[str]) -> frozenset[str]:
        """Say which of these services run, and hold their own port."""
        ...

    def failing(self) -> frozenset[str]:
        """Name the services that were started and do not stay up."""
        ...


def await_ready(ground: Ground, release: Release, changes: tuple[Change, ...]) -> None:
    """Wait for every service that was started or must reload: `/-/ready`, not `/-/healthy`.

    Raises:
        ActivationFailed: one of them does not stay up, or is not ready in time.
    """
    began = time.monotonic()
    waiting = [c.service for c in changes if c.action in STARTED | {Action.RELOAD}]
    while waiting:
        if time.monotonic() > began + GRACE:
            _refuse_failing(ground, release, waiting)
        waiting = _not_ready(ground, release.stack, waiting)
        if waiting and time.monotonic() > began + PATIENCE:
            last = _last_words(ground, waiting[0])
            message = f"{', '.join(waiting)} not ready after {PATIENCE:.0f} s: {last}"
            raise ActivationFailed(release=release.id, message=message, hint=see_logs(waiting[0]))
        time.sleep(0.02 if waiting else 0)


def await_back(ground: Ground, stack: Stack, service: str) -> None:
    """Wait for a service that was stopped for a moment.

    Raises:
        ActivationFailed: it does not stay up, or is not ready in time.
    """
    back = Release("that is live", stack, Tree({}))
    await_ready(ground, back, (Change(service, Action.RECREATE, "stopped for a moment"),))


def _not_ready(ground: Ground, stack: Stack, waiting: list[str]) -> list[str]:
    ready = [name for name in waiting if name not in stack.services or _answers(ground, stack, name)]
    running = ground.running(stack, ready) if ready else frozenset()
    return [name for name in waiting if name not in running]


def _answers(ground: Ground, stack: Stack, name: str) -> bool:
    try:
        return ground.door(stack, name).request("GET", stack.services[name].ready, timeout=2.0).ok
    except HttpFailed:
        return False


def _refuse_failing(ground: Ground, release: Release, waiting: list[str]) -> None:
    for name in sorted(ground.failing().intersection(waiting)):
        message = f"{name} does not stay up: {_last_words(ground, name)}"
        raise ActivationFailed(release=release.id, message=message, hint=see_logs(name))


def _last_words(ground: Ground, name: str) -> str:
    """Give the last line of a service's log, which goes with its container when a release is taken back."""
    return next(iter(list(ground.logs(name, lines=1))), "nothing in its log")


def see_logs(service: str) -> str:
    """Say where to look for the reason."""
    return f"see `invoke logs {service}`"


def reload(ground: Ground, release: Release, changes: tuple[Change, ...]) -> None:
    """Make every service whose files differ read them again.

    Raises:
        ActivationFailed: one of them refuses its configuration; a part of it may be live all the same.
    """
    for change in changes:
        if change.action is Action.RELOAD:
            for path in release.stack.services[change.service].reload:
                _ask_to_reload(ground, release, change.service, path)


def _ask_to_reload(ground: Ground, release: Release, service: str, path: str) -> None:
    try:
        ground.door(release.stack, service).post(path, timeout=PATIENCE)
    except HttpFailed as error:
        message = f"{service} refused its configuration: {error.fields['message']}"
        raise ActivationFailed(release=release.id, message=message) from error
