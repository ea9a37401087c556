"""The small contract behind which native processes and containers look alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from stack.clients.http import Session
    from stack.runtimes.store import Store
    from stack.service import Stack
    from stack.tree import Tree

__all__ = ["Action", "Change", "Live", "Release", "Runtime", "ServiceStatus", "State"]


class Action(Enum):
    """What a deploy does to one service."""

    CREATE = "create"
    RECREATE = "recreate"
    RELOAD = "reload"
    REMOVE = "remove"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Change:
    """One service's part of a plan, and why."""

    service: str
    action: Action
    reason: str


class State(Enum):
    """How far the release behind the `current` link has come."""

    ACTIVATING = "activating"
    ACTIVE = "active"
    PROVED = "proved"


@dataclass(frozen=True, slots=True)
class Release:
    """A validated tree with its name: a digest of its content."""

    id: str
    stack: Stack
    tree: Tree


@dataclass(frozen=True, slots=True)
class Live:
    """What is there now: the release behind the link, its state, and the processes that really run.

    Args:
        release: its id, None before the first deploy.
        state: how far its activation has come.
        activated_at: when that began, in unix seconds.
        running: each running service's process fingerprint (argv, variables, program).
        tree: the release's files.
    """

    release: str | None = None
    state: State = State.ACTIVATING
    activated_at: float = 0.0
    running: Mapping[str, str] = field(default_factory=dict)
    tree: Tree | None = None


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """How one service is, seen from outside.

    Args:
        service: its name.
        state: running, starting, failing, stopped, or foreign where another process holds its port.
        ready: whether its own readiness page answers 200.
        port: where it listens.
        pid: its process, None where none runs.
        version: its program's version.
        uptime: seconds since it was started.
    """

    service: str
    state: str
    ready: bool
    port: int
    pid: int | None = None
    version: str = ""
    uptime: float = 0.0


class Runtime(Protocol):
    """What carries the services of one environment."""

    name: str
    folder: Path

    def files(self, stack: Stack) -> Mapping[str, bytes]:
        """Give the runtime's own rendered files for a stack: pure, the same on every machine."""
        ...

    def fingerprints(self, stack: Stack, tree: Tree) -> Mapping[str, str]:
        """Give the process fingerprint that each service of a stack would have here."""
        ...

    def live(self) -> Live:
        """Say what is there now; reads only."""
        ...

    def claim(self, holder: str, wanted: Tree | None = None) -> str | None:
        """Take the environment for this run, where others may change it from elsewhere; or say who has it.

        Args:
            holder: who takes it, in a few words.
            wanted: the release that is going to be made live, where one is.
        """
        ...

    def export(self, name: str, page: bytes) -> None:
        """Let node exporter pass a page of metrics on, where something is deployed.

        Raises:
            OSError: the disk is full.
        """
        ...

    def activate(self, release: Release, changes: tuple[Change, ...]) -> None:
        """Make a release the live one and bring its services to it.

        Raises:
            PortTaken: a service's port belongs to somebody else; nothing was changed.
            SecretUnreadable: a secret cannot be had; nothing was changed.
            ActivationFailed: a service did not come up or refused its configuration.
        """
        ...

    def rotated(self, references: Mapping[str, str]) -> tuple[str, ...]:
        """Name the secrets whose source holds another value than what is in use."""
        ...

    def prove(self, release: str) -> None:
        """Note that a release passed its smoke test: it is what a rollback goes back to."""
        ...

    def releases(self) -> tuple[tuple[str, float, bool], ...]:
        """List kept releases, the newest first: id, unix seconds of its last activation, proved or not."""
        ...

    def kept(self, release: str) -> Tree:
        """Give the files of a kept release.

        Raises:
            NothingKept: there is no such release.
        """
        ...

    def status(self, stack: Stack) -> tuple[ServiceStatus, ...]:
        """Say how each service is."""
        ...

    def memory(self) -> Mapping[str, int]:
        """Say how many bytes of memory each running service holds; an engine takes a second to tell."""
        ...

    def door(self, stack: Stack, service: str) -> Session:
        """Give HTTP to a service."""
        ...

    def authority(self, stack: Stack) -> str | bool:
        """Give the file of the authority behind the proxy's certificate; true: one that is trusted anyway."""
        ...

    def logs(self, service: str, *, follow: bool = False, lines: int = 200) -> Iterator[str]:
        """Yield the lines of a service's log."""
        ...

    def logged(self) -> tuple[str, ...]:
        """Name the services that have a log, sorted."""
        ...

    def inspected(self) -> tuple[Mapping[str, Any], ...]:
        """Give what an engine says of each container; nothing where processes carry the services."""
        ...

    def start(self, stack: Stack) -> None:
        """Start what is live again.

        Raises:
            NothingKept: nothing was deployed here yet.
            PortTaken: a service's port belongs to somebody else.
        """
        ...

    def stop(self) -> None:
        """Stop every service and keep everything on disk."""
        ...

    def restart(self, service: str) -> None:
        """Stop one service and start it again."""
        ...

    def keep(self, release: str, tree: Tree) -> None:
        """Keep a release that was made elsewhere, or before all of this was lost; it is not live by that."""
        ...

    def store(self, service: str) -> Store:
        """Give the state of a service, for a backup or a restore."""
        ...

    def stopped(self, stack: Stack, service: str) -> AbstractContextManager[None]:
        """Stop a service for as long as the block lasts; it is ready again behind it, whatever happens.

        Raises:
            ActivationFailed: it did not come up again.
        """
        ...

    def destroy(self, *, keep_data: bool) -> None:
        """Stop every service and remove what the environment has on disk, its data only where asked."""
        ...
