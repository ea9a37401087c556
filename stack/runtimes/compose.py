"""The Compose runtime: containers of a Docker engine, on this machine or another."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stack import secrets
from stack.clients import docker
from stack.errors import NothingKept
from stack.runtimes import compose_activation
from stack.runtimes.compose_activation import refuse_taken_ports, volumes_of
from stack.runtimes.compose_file import PATH, compose_file
from stack.runtimes.compose_ground import ComposeGround
from stack.runtimes.container_doors import Doors
from stack.runtimes.container_status import memory, observe
from stack.runtimes.containers import (
    end,
    inspected,
    remove_networks,
    running_one,
)
from stack.runtimes.logs import log
from stack.runtimes.protocol import Live
from stack.runtimes.readiness import await_back
from stack.runtimes.taking import take_over
from stack.runtimes.volume_store import VolumeStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.clients.http import Session
    from stack.runtimes.protocol import Change, Release, ServiceStatus
    from stack.runtimes.store import Store
    from stack.service import Stack
    from stack.tree import Tree

__all__ = ["Compose"]


class Compose(ComposeGround):
    """One environment's containers; all they have lies in volumes of the engine."""

    name = "compose"

    @cached_property
    def doors(self) -> Doors:
        """The ways to its services."""
        return Doors(self.folder, lambda: self.volumes, self._recall_secrets, self._inside)

    def files(self, stack: Stack) -> Mapping[str, bytes]:
        """Give the Compose file and the process table as rendered files."""
        return compose_file(stack)

    def live(self) -> Live:
        """Say what is there now; reads only."""
        running = {one.service: one.fingerprint for one in self._seen() if one.stays_up}
        return replace(self.volumes.live() if self.volumes.exist() else Live(), running=running)

    def activate(self, release: Release, changes: tuple[Change, ...]) -> None:
        """Make a release the live one and bring its services to it."""
        compose_activation.activate(self, release, changes)

    def rotated(self, references: Mapping[str, str]) -> tuple[str, ...]:
        """Name the secrets whose source holds another value than what is in use."""
        self._recall_secrets()
        return secrets.rotated(references, self.folder / "secrets")

    def prove(self, release: str) -> None:
        """Note that a release passed its smoke test, and forget the oldest ones."""
        self.volumes.prove(release)

    def releases(self) -> tuple[tuple[str, float, bool], ...]:
        """List kept releases, the newest activation first."""
        return self.volumes.releases() if self.volumes.exist() else ()

    def kept(self, release: str) -> Tree:
        """Give the files of a kept release."""
        if not self.volumes.exist():
            raise NothingKept(message=f"release '{release}' is not kept; kept are: none")
        return self.volumes.kept(release)

    def claim(self, holder: str, wanted: Tree | None = None) -> str | None:
        """Take the environment for this run, with every volume that it will work on, or say who has it."""
        self.volumes.need(["release", *volumes_of(wanted)])
        return self.volumes.lock(holder)

    def export(self, name: str, page: bytes) -> None:
        """Let node exporter pass a page of metrics on."""
        if self.volumes.exist():
            self.volumes.write(f"textfile/{name}", page)

    def status(self, stack: Stack) -> tuple[ServiceStatus, ...]:
        """Say how each service is."""
        return observe(self, stack, self._seen())

    def memory(self) -> Mapping[str, int]:
        """Say how many bytes of memory each running service holds."""
        return memory(self.engine, self._seen())

    def door(self, stack: Stack, service: str) -> Session:
        """Give HTTP to a service: on loopback of the engine's machine, or by the proxy."""
        return self.doors.to(stack, service)

    def authority(self, stack: Stack) -> str | bool:
        """Give what the proxy's certificate is checked with."""
        return self.doors.authority(stack)

    def logs(self, service: str, *, follow: bool = False, lines: int = 200) -> Iterator[str]:
        """Yield the lines of a service's log."""
        return log(self.engine, self._seen(), service, follow=follow, lines=lines)

    def logged(self) -> tuple[str, ...]:
        """Name the services that have a log, sorted."""
        return tuple(one.service for one in self._seen())

    def inspected(self) -> tuple[Mapping[str, Any], ...]:
        """Give what the engine says of each container."""
        return inspected(self.engine, self.project)

    def start(self, stack: Stack) -> None:
        """Start what is live again."""
        live = self.live()
        if live.tree is None:
            raise NothingKept(message="nothing was deployed here yet; run `invoke deploy`")
        if self.is_local():
            refuse_taken_ports(self, stack, tuple(set(stack.services) - live.running.keys()))
        self.compose(stack).resume(live.tree.files[PATH], self.variables(stack, live.tree))

    def stop(self) -> None:
        """Stop every service and keep everything."""
        end(self.engine, self._seen(), remove=False)

    def restart(self, service: str) -> None:
        """Stop one service and start it again."""
        with docker.answered(f"restart {service}"):
            self.engine.api.restart(running_one(self._seen(), service).id)

    def keep(self, release: str, tree: Tree) -> None:
        """Keep a release that was made elsewhere, or before all of this was lost."""
        self.volumes.need(volumes_of(tree))
        self.volumes.publish(release, tree)

    def store(self, service: str) -> Store:
        """Give the state of a service."""
        return VolumeStore(self.volumes, service)

    @contextmanager
    def stopped(self, stack: Stack, service: str) -> Iterator[None]:
        """Stop a service for as long as the block lasts; no mender starts what a run with the lock stops."""
        one = running_one(self._seen(), service)
        with docker.answered(f"stop {service}"):
            self.engine.api.stop(one.id)
        try:
            yield
        finally:
            with docker.answered(f"start {service}"):
                self.engine.api.start(one.id)
            await_back(self, stack, service)

    def destroy(self, *, keep_data: bool) -> None:
        """Remove every container, network and volume; with `keep_data` state and secrets stay."""
        self.remove([one.service for one in self._seen()])
        self.volumes.remove(keep_data=keep_data)
        if not keep_data and self.folder.is_dir():
            shutil.rmtree(self.folder)
        remove_networks(self.engine, self.project)

    def _recall_secrets(self) -> None:
        if self.volumes.exist():
            take_over(self.volumes.secrets(), self.folder / "secrets")
