"""The native runtime: processes of this machine under one supervisor, without root."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from stack import secrets
from stack.clients.http import Session
from stack.clients.supervisor import Supervisor
from stack.errors import NothingKept, Refused
from stack.runtimes.activation import activate, refuse_taken_ports
from stack.runtimes.layout import Layout
from stack.runtimes.logs import tail
from stack.runtimes.process_table import process_table
from stack.runtimes.processes import FINGERPRINT, programs
from stack.runtimes.protocol import Live, State
from stack.runtimes.record import Record
from stack.runtimes.status import environment_of, observe
from stack.services.grafana import PASSWORD
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from stack.binaries import Binary
    from stack.clients.supervisor import Program
    from stack.runtimes.protocol import Change, Release, ServiceStatus
    from stack.service import Stack

__all__ = ["Native"]

KEEP = 10
"""Releases kept beside the live one and the last one that was proved."""


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
        self.supervisor = Supervisor(self.layout.supervisor)
        self.binaries = find

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
        release, record = self.layout.live_id(), Record.read(self.layout.record)
        if release is None:
            return Live(running=self._running())
        cut_off = record.release != release
        return Live(
            release=release,
            state=State.ACTIVATING if cut_off else State(record.state),
            activated_at=record.activated.get(release, 0.0),
            running=self._running(),
            tree=Tree.read(self.layout.releases / release),
        )

    def activate(self, release: Release, changes: tuple[Change, ...]) -> None:
        """Make a release the live one and bring its services to it."""
        activate(self, release, changes)

    def rotated(self, references: Mapping[str, str]) -> tuple[str, ...]:
        """Name the secrets whose source holds another value than what is in use."""
        return secrets.rotated(references, self.layout.secrets)

    def prove(self, release: str) -> None:
        """Note that a release passed its smoke test, and forget the oldest ones."""
        record = Record.read(self.layout.record)
        if record.release == release:
            self._prune(record.proven(time.time())).write(self.layout.record)

    def releases(self) -> tuple[tuple[str, float, bool], ...]:
        """List kept releases, the newest activation first."""
        record = Record.read(self.layout.record)
        names = [path.name for path in self.layout.releases.glob("[!.]*")]
        found = ((name, record.activated.get(name, 0.0), name in record.proved) for name in names)
        return tuple(sorted(found, key=lambda entry: -entry[1]))

    def kept(self, release: str) -> Tree:
        """Give the files of a kept release."""
        folder = self.layout.releases / release
        if not release or release.startswith(".") or "/" in release or not folder.is_dir():
            known = ", ".join(name for name, _, _ in self.releases()) or "none"
            raise NothingKept(message=f"release '{release}' is not kept; kept are: {known}")
        return Tree.read(folder)

    def status(self, stack: Stack) -> tuple[ServiceStatus, ...]:
        """Say how each service is."""
        return observe(stack, self.supervisor, self.binaries(stack))

    def door(self, stack: Stack, service: str) -> Session:
        """Give HTTP to a service on loopback."""
        base = f"http://{stack.address(service)}"
        password = self.layout.secrets / PASSWORD
        if service == "grafana" and password.exists():
            return Session(base, auth=("admin", password.read_text()))
        return Session(base)

    def logs(self, service: str, *, follow: bool = False, lines: int = 200) -> Iterator[str]:
        """Yield the lines of a service's log."""
        return tail(self.layout.log(service), follow=follow, lines=lines)

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

    def _running(self) -> Mapping[str, str]:
        alive = (process for process in self.supervisor.processes() if process.pid)
        return {process.name: environment_of(process.pid).get(FINGERPRINT, "") for process in alive}

    def _prune(self, record: Record) -> Record:
        last_proved = max(record.proved, key=lambda name: record.proved[name], default=None)
        names = [name for name, _, _ in self.releases()]
        gone = set(names[KEEP:]) - {record.release, last_proved}
        for name in gone:
            shutil.rmtree(self.layout.releases / name)
        return record.without(gone)
