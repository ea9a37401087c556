"""How the native runtime brings a release to life, in an order in which a cut anywhere can be healed."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Protocol

from stack import secrets
from stack.binaries import verify
from stack.clients.ports import is_free, owner, owner_pid
from stack.errors import ActivationFailed, PortTaken, Refused
from stack.references import needed_secrets
from stack.runtimes import readiness
from stack.runtimes.processes import FINGERPRINT
from stack.runtimes.protocol import Action
from stack.runtimes.readiness import STARTED, await_ready, reload
from stack.runtimes.status import environment_of
from stack.runtimes.taking import adopt, reached
from stack.service import watched_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stack.binaries import Binary
    from stack.clients.supervisor import Program, Supervisor
    from stack.runtimes.layout import Layout
    from stack.runtimes.protocol import Change, Release
    from stack.runtimes.shelf import Shelf
    from stack.service import Stack
    from stack.tree import Tree

__all__ = ["activate", "refuse_taken_ports"]


class Ground(readiness.Ground, Protocol):
    """What an activation needs of the runtime that it is part of."""

    folder: Path
    layout: Layout
    shelf: Shelf
    supervisor: Supervisor

    def binaries(self, stack: Stack, /) -> Mapping[str, Binary]:
        """Give the binaries that a stack needs, by program name."""
        ...

    def programs(self, stack: Stack, tree: Tree) -> Mapping[str, Program]:
        """Give each service's program as it would run on this machine."""
        ...


def activate(ground: Ground, release: Release, changes: tuple[Change, ...]) -> None:
    """Make a release live: refuse what is impossible, write, flip the link, bring the services to it."""
    programs = ground.programs(release.stack, release.tree)
    started = tuple(change.service for change in changes if change.action in STARTED)
    ground.supervisor.text(tuple(programs.values()))
    refuse_taken_ports(ground, release.stack, started)
    _verify(ground, release.stack, started)
    folder = ground.layout.secrets
    secrets.materialise(needed_secrets(release.stack, release.tree), folder)
    try:
        ground.shelf.publish(release.id, release.tree)
        _prepare(ground, release.stack, programs)
        ground.shelf.begin(release.id)
        _lay_watched(ground, release)
        ground.supervisor.write(tuple(programs.values()))
        _bring(ground, changes)
        await_ready(ground, release, changes)
        adopt(release, partial(ground.door, release.stack), folder)
        reload(ground, release, changes)
        secrets.taken(reached(release, changes), folder)
        ground.shelf.end()
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


def _prepare(ground: Ground, stack: Stack, programs: Mapping[str, Program]) -> None:
    binaries, layout = ground.binaries(stack), ground.layout
    for name, service in stack.services.items():
        # Prometheus watches the folder of targets: it must be there before the first of them.
        for folder in (layout.work(name), layout.log(name).parent, layout.textfile, layout.discovered):
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


def _lay_watched(ground: Ground, release: Release) -> None:
    for service in release.stack.services.values():
        if service.watches:
            ground.shelf.lay_watched(service.name, watched_files(release.tree, service))


def _bring(ground: Ground, changes: tuple[Change, ...]) -> None:
    """Start the supervisor with everything, or change just what has to be."""
    if not ground.supervisor.alive():
        ground.supervisor.launch()
        return
    remove = tuple(c.service for c in changes if c.action in STARTED | {Action.REMOVE})
    add = tuple(c.service for c in changes if c.action in STARTED)
    ground.supervisor.replace(remove, add)
