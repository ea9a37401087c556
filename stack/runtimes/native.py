"""The native runtime: processes of this machine under one supervisor, without root."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stack import secrets
from stack.access import WEB_AUTHORITY, WEB_PASSWORD
from stack.clients.http import Session, lines
from stack.clients.ports import owner_pid
from stack.clients.supervisor import Supervisor
from stack.errors import NothingKept, Refused
from stack.runtimes.activation import activate, refuse_taken_ports
from stack.runtimes.layout import Layout
from stack.runtimes.logs import tail
from stack.runtimes.process_table import process_table
from stack.runtimes.processes import FINGERPRINT, programs
from stack.runtimes.readiness import await_back
from stack.runtimes.shelf import Shelf
from stack.runtimes.status import environment_of, observe, resident
from stack.runtimes.store import FolderStore
from stack.services.grafana import PASSWORD
from stack.services.proxy import AUTHORITY
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from stack.binaries import Binary
    from stack.clients.supervisor import Program
    from stack.runtimes.protocol import Change, Live, Release, ServiceStatus
    from stack.runtimes.store import Store
    from stack.service import Stack
    from stack.tree import Tree

__all__ = ["Native"]


class Native:
    """One environment's processes; everything it has on disk lies in one folder.

    Args:
        folder: that folder.
        find: gives the binaries that a stack needs, by program name.
    """

    name = "native"

    def __init__(self, folder: Path, find: Callable[[Stack], Mapping[str, Binary]]) -> None:
        self.folder = folder
        self.layout = Layout(folder)
        self.shelf = Shelf(self.layout)
        self.supervisor = Supervisor(self.layout.supervisor)
        self.binaries = find
        self._lines = lines()

    def files(self, stack: Stack) -> Mapping[str, bytes]:
        """Give the process table as a rendered file."""
        return process_table(stack)

    def programs(self, stack: Stack, tree: Tree) -> Mapping[str, Program]:
        """Give each service's program as it would run on this machine."""
        return programs(stack, tree, self.binaries(stack), self.layout)

    def fingerprints(self, stack: Stack, tree: Tree) -> Mapping[str, str]:
        """Give the process fingerprint that each service of a stack would have here."""
        return {name: program.env[FINGERPRINT] for name, program in self.programs(stack, tree).items()}

    def live(self) -> Live:
        """Say what is there now; reads only."""
        return replace(self.shelf.live(), running=self._fingerprints())

    def claim(self, holder: str, wanted: Tree | None = None) -> str | None:
        """Need no more than the lock in its folder, which is held already."""
        del holder, wanted
        return None  # a value where a name may be

    def export(self, name: str, page: bytes) -> None:
        """Let node exporter pass a page of metrics on."""
        if self.layout.textfile.is_dir():
            write_atomically(self.layout.textfile / name, page)

    def activate(self, release: Release, changes: tuple[Change, ...]) -> None:
        """Make a release the live one and bring its services to it."""
        activate(self, release, changes)

    def rotated(self, references: Mapping[str, str]) -> tuple[str, ...]:
        """Name the secrets whose source holds another value than what is in use."""
        return secrets.rotated(references, self.layout.secrets)

    def prove(self, release: str) -> None:
        """Note that a release passed its smoke test, and forget the oldest ones."""
        self.shelf.prove(release)

    def releases(self) -> tuple[tuple[str, float, bool], ...]:
        """List kept releases, the newest activation first."""
        return self.shelf.releases()

    def kept(self, release: str) -> Tree:
        """Give the files of a kept release."""
        return self.shelf.kept(release)

    def status(self, stack: Stack) -> tuple[ServiceStatus, ...]:
        """Say how each service is."""
        return observe(stack, self.supervisor, self.binaries(stack), lambda name: self.door(stack, name))

    def memory(self) -> Mapping[str, int]:
        """Say how many bytes of memory each running service holds."""
        return {one.name: resident(one.pid) for one in self.supervisor.processes() if one.pid}

    def door(self, stack: Stack, service: str) -> Session:
        """Give HTTP to a service on loopback."""
        base = stack.url(service)
        password = secrets.in_force(PASSWORD, self.layout.secrets) if service == "grafana" else None
        if password:
            return Session(base, auth=("admin", password), lines=self._lines)
        if stack.speaks_tls(service):
            known = (stack.environment.web.user, (self.layout.secrets / WEB_PASSWORD).read_text())
            authority = str(self.layout.secrets / WEB_AUTHORITY)
            return Session(base, auth=known, verify=authority, lines=self._lines)
        return Session(base, lines=self._lines)

    def authority(self, stack: Stack) -> str | bool:
        """Give what the proxy's certificate is checked with."""
        return stack.environment.proxy.tls != "internal" or str(self.layout.data("proxy") / AUTHORITY)

    def logs(self, service: str, *, follow: bool = False, lines: int = 200) -> Iterator[str]:
        """Yield the lines of a service's log."""
        return tail(self.layout.log(service), follow=follow, lines=lines)

    def logged(self) -> tuple[str, ...]:
        """Name the services that have a log, sorted."""
        return tuple(sorted(log.stem for log in (self.folder / "logs").glob("*.log")))

    def inspected(self) -> tuple[Mapping[str, Any], ...]:
        """Give nothing: processes carry the services."""
        return ()

    def start(self, stack: Stack) -> None:
        """Start what is live again."""
        if self.layout.live_id() is None or not self.supervisor.configuration.exists():
            raise NothingKept(message="nothing was deployed here yet; run `invoke deploy`")
        if not self.supervisor.alive():
            refuse_taken_ports(self, stack, tuple(stack.services))
            self.supervisor.launch()

    def stop(self) -> None:
        """Stop every service and keep everything on disk."""
        self.supervisor.shutdown()

    def restart(self, service: str) -> None:
        """Stop one service and start it again."""
        names = [process.name for process in self.supervisor.processes()]
        if service not in names:
            raise Refused(message=f"'{service}' does not run here; running: {', '.join(names) or 'nothing'}")
        self.supervisor.restart(service)

    def keep(self, release: str, tree: Tree) -> None:
        """Keep a release that was made elsewhere, or before all of this was lost."""
        self.shelf.publish(release, tree)

    def store(self, service: str) -> Store:
        """Give the state of a service."""
        return FolderStore(self.layout.data(service))

    @contextmanager
    def stopped(self, stack: Stack, service: str) -> Iterator[None]:
        """Stop a service for as long as the block lasts."""
        self.supervisor.halt(service)
        try:
            yield
        finally:
            self.supervisor.restart(service)
            await_back(self, stack, service)

    def destroy(self, *, keep_data: bool) -> None:
        """Stop every service and remove the folder; with `keep_data` the state and the secrets stay."""
        self.stop()
        kept = {"data", "secrets"} if keep_data else set()
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.name in kept:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        if not kept and self.folder.is_dir():
            self.folder.rmdir()

    def running(self, stack: Stack, names: Collection[str]) -> frozenset[str]:
        """Say which of these services run, and hold their own port."""
        alive = {process.name: process.pid for process in self.supervisor.processes()}
        asked = [name for name in names if name in alive]
        return frozenset(name for name in asked if owner_pid(stack.port(name)) in {alive[name], None})

    def failing(self) -> frozenset[str]:
        """Name the services that were started and do not stay up."""
        return frozenset(p.name for p in self.supervisor.processes() if p.state in {"BACKOFF", "FATAL"})

    def _fingerprints(self) -> Mapping[str, str]:
        alive = (process for process in self.supervisor.processes() if process.pid)
        return {process.name: environment_of(process.pid).get(FINGERPRINT, "") for process in alive}
