"""A runtime in memory: what `stack/runtimes/protocol.py` promises, without a process."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any

from stack import secrets
from stack.clients.http import Session
from stack.errors import ActivationFailed, NothingKept, PortTaken, Refused
from stack.references import needed_secrets
from stack.runtimes.process_table import process_table, read_table
from stack.runtimes.protocol import Action, Live, ServiceStatus, State
from stack.runtimes.store import FolderStore
from stack.runtimes.taking import reached
from stack.services.proxy import AUTHORITY
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from stack.runtimes.protocol import Change, Release
    from stack.runtimes.store import Store
    from stack.service import Process, Stack
    from stack.tree import Tree

__all__ = ["FakeRuntime", "ProcessDouble"]

STARTED = {Action.CREATE, Action.RECREATE}


def _accepts(release: Release, service: str) -> bool:
    return True


def _mark(process: Process, tree: Tree) -> str:
    read = [tree.files[path] for path in process.reads]
    return hashlib.sha256(repr((process, read)).encode()).hexdigest()


@dataclass(frozen=True)
class ProcessDouble:
    """A process that does not run: its number, fingerprint and port."""

    pid: int
    fingerprint: str
    port: int


@dataclass
class FakeRuntime:
    """Processes that are only noted.

    Args:
        folder: the environment's folder; only secrets are ever written there.
        doors: where a service answers instead of on its own port.
        taken: ports that somebody else holds, with his name.
        accepts: whether a service takes a release's configuration.
        activated: every activation so far.
    """

    folder: Path
    doors: Mapping[str, str] = field(default_factory=dict)
    taken: dict[int, str] = field(default_factory=dict)
    accepts: Callable[[Release, str], bool] = _accepts
    activated: list[tuple[str, tuple[Change, ...]]] = field(default_factory=list)
    name: str = "fake"

    def __post_init__(self) -> None:
        self._now = Live()
        self._clock = count(1_000)
        self._processes: dict[str, ProcessDouble] = {}
        self._trees: dict[str, Tree] = {}
        self._times: dict[str, float] = {}
        self._proved: set[str] = set()
        self._logs: dict[str, list[str]] = {}

    def claim(self, holder: str, wanted: Tree | None = None) -> str | None:
        return None

    def export(self, name: str, page: bytes) -> None:
        if (self.folder / "textfile").is_dir():
            write_atomically(self.folder / "textfile" / name, page)

    def files(self, stack: Stack) -> Mapping[str, bytes]:
        return process_table(stack)

    def fingerprints(self, stack: Stack, tree: Tree) -> Mapping[str, str]:
        table = read_table(tree)
        return {name: _mark(table[name], tree) for name in stack.services}

    def live(self) -> Live:
        running = {name: process.fingerprint for name, process in self._processes.items()}
        return replace(self._now, running=running)

    def activate(self, release: Release, changes: tuple[Change, ...]) -> None:
        started = [change.service for change in changes if change.action in STARTED]
        self._refuse_taken(release.stack, started)
        secrets.materialise(needed_secrets(release.stack, release.tree), self._secrets)
        self.activated.append((release.id, changes))
        self._trees[release.id] = release.tree
        self._times[release.id] = float(next(self._clock))
        self._now = Live(release.id, State.ACTIVATING, self._times[release.id], {}, release.tree)
        for change in changes:
            self._bring(release, change)
        secrets.taken(reached(release, changes), self._secrets)
        self._now = replace(self._now, state=State.ACTIVE)

    def rotated(self, references: Mapping[str, str]) -> tuple[str, ...]:
        return secrets.rotated(references, self._secrets)

    def prove(self, release: str) -> None:
        if release == self._now.release:
            self._proved.add(release)
            self._now = replace(self._now, state=State.PROVED)

    def releases(self) -> tuple[tuple[str, float, bool], ...]:
        newest = sorted(self._times, key=lambda name: -self._times[name])
        return tuple((name, self._times[name], name in self._proved) for name in newest)

    def kept(self, release: str) -> Tree:
        if release not in self._trees:
            known = ", ".join(name for name, _, _ in self.releases()) or "none"
            raise NothingKept(message=f"release '{release}' is not kept; kept are: {known}")
        return self._trees[release]

    def status(self, stack: Stack) -> tuple[ServiceStatus, ...]:
        return tuple(self._status(name, stack.port(name)) for name in sorted(stack.services))

    def memory(self) -> Mapping[str, int]:
        return dict.fromkeys(self._processes, 2**20)

    def door(self, stack: Stack, service: str) -> Session:
        return Session(self.doors.get(service, f"http://{stack.address(service)}"))

    def authority(self, stack: Stack) -> str | bool:
        return stack.environment.proxy.tls != "internal" or str(self.folder / "data" / "proxy" / AUTHORITY)

    def logs(self, service: str, *, follow: bool = False, lines: int = 200) -> Iterator[str]:
        if service not in self._logs:
            known = ", ".join(sorted(self._logs)) or "none"
            raise NothingKept(message=f"there is no log of '{service}'; there are: {known}")
        yield from self._logs[service][-lines:]

    def logged(self) -> tuple[str, ...]:
        return tuple(sorted(self._logs))

    def inspected(self) -> tuple[Mapping[str, Any], ...]:
        return ()

    def start(self, stack: Stack) -> None:
        if self._now.release is None or self._now.tree is None:
            raise NothingKept(message="nothing was deployed here yet; run `invoke deploy`")
        if not self._processes:
            self._refuse_taken(stack, list(stack.services))
            for name, fingerprint in self.fingerprints(stack, self._now.tree).items():
                self._spawn(name, fingerprint, stack.port(name))

    def stop(self) -> None:
        self._processes.clear()

    def restart(self, service: str) -> None:
        if service not in self._processes:
            known = ", ".join(self._processes) or "nothing"
            raise Refused(message=f"'{service}' does not run here; running: {known}")
        old = self._processes[service]
        self._spawn(service, old.fingerprint, old.port)

    def keep(self, release: str, tree: Tree) -> None:
        self._trees[release] = tree
        self._times.setdefault(release, 0.0)

    def store(self, service: str) -> Store:
        return FolderStore(self.folder / "data" / service)

    @contextmanager
    def stopped(self, stack: Stack, service: str) -> Iterator[None]:
        old = self._processes.pop(service)
        try:
            yield
        finally:
            self._spawn(service, old.fingerprint, old.port)

    def destroy(self, *, keep_data: bool) -> None:
        self.stop()
        self._now = Live()
        for kept in (self._trees, self._times, self._logs):
            kept.clear()
        self._proved.clear()
        for path in self._secrets.glob("*") if not keep_data else ():
            path.unlink()

    @property
    def _secrets(self) -> Path:
        return self.folder / "secrets"

    def _refuse_taken(self, stack: Stack, services: list[str]) -> None:
        for name in services:
            if stack.port(name) in self.taken:
                raise PortTaken(port=stack.port(name), service=name, owner=self.taken[stack.port(name)])

    def _bring(self, release: Release, change: Change) -> None:
        name = change.service
        if change.action in STARTED:
            fingerprint = self.fingerprints(release.stack, release.tree)[name]
            self._spawn(name, fingerprint, release.stack.port(name))
        elif change.action is Action.REMOVE:
            self._processes.pop(name, None)
        elif change.action is Action.RELOAD and not self.accepts(release, name):
            raise ActivationFailed(release=release.id, message=f"{name} refused its configuration: 500")

    def _spawn(self, name: str, fingerprint: str, port: int) -> None:
        pid = next(self._clock)
        self._processes[name] = ProcessDouble(pid, fingerprint, port)
        self._logs.setdefault(name, []).append(f"{name} listens")

    def _status(self, name: str, port: int) -> ServiceStatus:
        process = self._processes.get(name)
        if process is None:
            state = "foreign" if port in self.taken else "stopped"
            return ServiceStatus(name, state, ready=False, port=port)
        return ServiceStatus(name, "running", ready=True, port=port, pid=process.pid)
