"""How the native runtime brings a release to life, in an order in which a cut anywhere can be healed."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING, Protocol

from stack import secrets
from stack.binaries import verify
from stack.clients.ports import is_free, owner, owner_pid
from stack.errors import ActivationFailed, HttpFailed, PortTaken, Refused
from stack.references import needed_secrets
from stack.runtimes.processes import FINGERPRINT
from stack.runtimes.protocol import Action
from stack.runtimes.record import Record
from stack.runtimes.status import environment_of
from stack.service import is_watched
from stack.tree import Tree, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from stack.binaries import Binary
    from stack.clients.http import Session
    from stack.clients.supervisor import Program, Running, Supervisor
    from stack.runtimes.layout import Layout
    from stack.runtimes.protocol import Change, Release
    from stack.service import Stack

__all__ = ["activate", "refuse_taken_ports"]

STARTED = {Action.CREATE, Action.RECREATE}
PATIENCE = 30.0
"""Seconds that a service has to become ready; replaying a long write-ahead log takes most of it."""

GRACE = 2.0
"""Seconds in which a service may fail to start and be tried again: its forerunner may still hold the port."""


class Ground(Protocol):
    """What an activation needs of the runtime that it is part of."""

    folder: Path
    layout: Layout
    supervisor: Supervisor

    def binaries(self, stack: Stack, /) -> Mapping[str, Binary]:
        """Give the binaries that a stack needs, by program name."""
        ...

    def programs(self, stack: Stack, tree: Tree) -> Mapping[str, Program]:
        """Give each service's program as it would run on this machine."""
        ...

    def door(self, stack: Stack, service: str) -> Session:
        """Give HTTP to a service."""
        ...

    def logs(self, service: str, *, lines: int) -> Iterator[str]:
        """Yield the last lines of a service's log."""
        ...


def activate(ground: Ground, release: Release, changes: tuple[Change, ...]) -> None:
    """Make a release live: refuse what is impossible, write, flip the link, bring the services to it."""
    programs = ground.programs(release.stack, release.tree)
    started = tuple(change.service for change in changes if change.action in STARTED)
    ground.supervisor.text(tuple(programs.values()))
    refuse_taken_ports(ground, release.stack, started)
    _verify(ground, release.stack, started)
    secrets.materialise(needed_secrets(release.stack, release.tree), ground.layout.secrets)
    try:
        _publish(ground, release)
        _prepare(ground, release.stack, programs)
        _begin(ground, release)
        _lay_watched(ground, release)
        ground.supervisor.write(tuple(programs.values()))
        _bring(ground, changes)
        _await_ready(ground, release, changes)
        _reload(ground, release, changes)
        Record.read(ground.layout.record).ended().write(ground.layout.record)
    except OSError as error:
        reason = f"{error.strerror or error}: {error.filename or ground.folder}"
        raise ActivationFailed(release=release.id, message=reason) from error
    except Refused as error:
        raise ActivationFailed(release=release.id, message=str(error)) from error


def refuse_taken_ports(ground: Ground, stack: Stack, services: tuple[str, ...]) -> None:
    """Refuse to start services one of whose ports is somebody else's.

    Raises:
        PortTaken: with the name of the process that has it.
    """
    ours = {process.pid for process in ground.supervisor.processes()}
    for name in (name for service in services for name in stack.services[service].ports):
        port = stack.port(name)
        if not _becomes_free(port, ours):
            raise PortTaken(port=port, service=name, owner=owner(port))


def _verify(ground: Ground, stack: Stack, services: tuple[str, ...]) -> None:
    """Read every program that is about to be started, and compare it with what was once fetched."""
    wanted = {program.name for name in services if (program := stack.services[name].program)}
    for name, binary in ground.binaries(stack).items():
        if name in wanted:
            verify(binary)


def _becomes_free(port: int, ours: set[int]) -> bool:
    """Say whether a port is free or ours; wait for a process of ours that lost its supervisor to end."""
    for _ in range(100):
        if is_free(port):
            return True
        pid = owner_pid(port)
        if pid in ours:
            return True
        if pid is None or FINGERPRINT not in environment_of(pid):
            return is_free(port)
        time.sleep(0.1)
    return False


def _publish(ground: Ground, release: Release) -> None:
    """Write a release beside its place and rename it; one that somebody has edited is written anew."""
    place = ground.layout.releases / release.id
    if place.is_dir() and Tree.read(place) == release.tree:
        return
    for leftover in ground.layout.releases.glob(".*"):
        shutil.rmtree(leftover, ignore_errors=True)
    partial = ground.layout.releases / f".{release.id}.{os.getpid()}"
    edited = partial.with_suffix(".edited")
    try:
        release.tree.write(partial)
        if place.is_dir():
            place.rename(edited)
        partial.rename(place)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(edited, ignore_errors=True)


def _prepare(ground: Ground, stack: Stack, programs: Mapping[str, Program]) -> None:
    binaries = ground.binaries(stack)
    for name, service in stack.services.items():
        for folder in (ground.layout.work(name), ground.layout.log(name).parent, ground.layout.textfile):
            folder.mkdir(parents=True, exist_ok=True)
        if service.data:
            ground.layout.data(name).mkdir(parents=True, exist_ok=True)
        if service.program:
            _lay_beside(binaries[service.program.name].beside, programs[name].folder)


def _lay_beside(files: Mapping[str, Path], folder: Path) -> None:
    for name, target in files.items():
        link = folder / name
        if not (link.is_symlink() and link.readlink() == target):
            link.unlink(missing_ok=True)
            link.symlink_to(target)


def _begin(ground: Ground, release: Release) -> None:
    Record.read(ground.layout.record).begun(release.id, time.time()).write(ground.layout.record)
    ground.layout.flip(release.id)


def _lay_watched(ground: Ground, release: Release) -> None:
    """Put what a server watches at its fixed place, file by file."""
    for service in release.stack.services.values():
        wanted = {path: data for path, data in release.tree.files.items() if is_watched(path, service)}
        folder = ground.layout.watched
        for path, data in wanted.items():
            if not (folder / path).is_file() or (folder / path).read_bytes() != data:
                write_atomically(folder / path, data)
        for path in Tree.read(folder / service.name).files if service.watches else ():
            if f"{service.name}/{path}" not in wanted:
                (folder / service.name / path).unlink()


def _bring(ground: Ground, changes: tuple[Change, ...]) -> None:
    """Start the supervisor with everything, or change just what has to be."""
    if not ground.supervisor.alive():
        ground.supervisor.launch()
        return
    remove = tuple(c.service for c in changes if c.action in STARTED | {Action.REMOVE})
    add = tuple(c.service for c in changes if c.action in STARTED)
    ground.supervisor.replace(remove, add)


def _await_ready(ground: Ground, release: Release, changes: tuple[Change, ...]) -> None:
    """Wait for every service that was started or must reload: `/-/ready`, not `/-/healthy`."""
    deadline = time.monotonic() + PATIENCE
    waiting = [c.service for c in changes if c.action in STARTED | {Action.RELOAD}]
    while waiting:
        processes = {process.name: process for process in ground.supervisor.processes()}
        for name in waiting if time.monotonic() > deadline - PATIENCE + GRACE else ():
            _refuse_failing(ground, release, processes.get(name))
        waiting = [name for name in waiting if not _is_ready(ground, release.stack, name, processes)]
        if waiting and time.monotonic() > deadline:
            message = f"{', '.join(waiting)} not ready after {PATIENCE:.0f} s"
            raise ActivationFailed(release=release.id, message=message, hint=_see_logs(waiting[0]))
        time.sleep(0.02 if waiting else 0)


def _is_ready(ground: Ground, stack: Stack, name: str, processes: Mapping[str, Running]) -> bool:
    process = processes.get(name)
    try:
        answer = ground.door(stack, name).request("GET", stack.services[name].ready, timeout=2.0)
    except HttpFailed:
        return False
    return answer.ok and process is not None and owner_pid(stack.port(name)) in {process.pid, None}


def _refuse_failing(ground: Ground, release: Release, process: Running | None) -> None:
    if process is None or process.state not in {"BACKOFF", "FATAL"}:
        return
    last = next(iter(list(ground.logs(process.name, lines=1))), "nothing in its log")
    message = f"{process.name} does not stay up: {last}"
    raise ActivationFailed(release=release.id, message=message, hint=_see_logs(process.name))


def _see_logs(service: str) -> str:
    return f"see `invoke logs {service}`"


def _reload(ground: Ground, release: Release, changes: tuple[Change, ...]) -> None:
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
