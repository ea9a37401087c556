"""The Compose runtime: containers of a Docker engine, on this machine or another."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stack import secrets
from stack.clients import docker
from stack.clients.compose import Compose as Program
from stack.errors import NothingKept, Refused
from stack.imaging.shelf import held
from stack.runtimes import compose_activation
from stack.runtimes.compose_activation import refuse_taken_ports, volumes_of
from stack.runtimes.compose_file import PATH, compose_file, fingerprint_variable, read_services
from stack.runtimes.container_doors import Doors
from stack.runtimes.container_status import memory, observe
from stack.runtimes.containers import end, fingerprints, inspected, remove_networks, seen, services_in, sweep
from stack.runtimes.host import refuse_folder, socket
from stack.runtimes.logs import lines_of
from stack.runtimes.protocol import Live
from stack.runtimes.taking import take_over
from stack.runtimes.volumes import Volumes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from docker import DockerClient

    from stack.clients.http import Session
    from stack.runtimes.containers import Seen
    from stack.runtimes.protocol import Change, Release, ServiceStatus
    from stack.service import Stack
    from stack.tree import Tree

__all__ = ["Compose"]


class Compose:
    """One environment's containers; all they have lies in volumes of the engine.

    Args:
        folder: where the deployer keeps the environment's secrets; its name is the environment's.
        find: gives the Compose program for a stack.
        image: names our own image.
        fetch: lets the engine have images that it lacks.
    """

    name = "compose"

    def __init__(
        self,
        folder: Path,
        find: Callable[[Stack], Path],
        image: Callable[[], str],
        fetch: Callable[[DockerClient, Collection[str]], None],
    ) -> None:
        self.folder = folder
        self.project = f"monitoring-{folder.name.lower()}"
        self._find = find
        self._image = image
        self._fetch = fetch
        self._doors = Doors(folder, lambda: self.volumes, self._recall_secrets)

    @cached_property
    def engine(self) -> DockerClient:
        """The engine."""
        return docker.engine()

    @cached_property
    def volumes(self) -> Volumes:
        """All that the environment keeps."""
        return Volumes(self.engine, self.project, self._keepers_image)

    def files(self, stack: Stack) -> Mapping[str, bytes]:
        """Give the Compose file and the process table as rendered files."""
        return compose_file(stack)

    def fingerprints(self, stack: Stack, tree: Tree) -> Mapping[str, str]:
        """Give the fingerprint that each container of a stack would have here."""
        del stack
        return fingerprints(self.engine, tree)

    def fetch(self, references: Collection[str]) -> None:
        """Let the engine have every image."""
        self._fetch(self.engine, references)

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
        return self._doors.to(stack, service)

    def authority(self, stack: Stack) -> str | bool:
        """Give what the proxy's certificate is checked with."""
        return self._doors.authority(stack)

    def logs(self, service: str, *, follow: bool = False, lines: int = 200) -> Iterator[str]:
        """Yield the lines of a service's log."""
        found = {one.service: one for one in self._seen()}
        if service not in found:
            known = ", ".join(found) or "none"
            raise NothingKept(message=f"there is no log of '{service}'; there are: {known}")
        with docker.answered(f"read the log of {service}"):
            chunks = self.engine.api.logs(found[service].id, stream=True, follow=follow, tail=lines)
            yield from lines_of(chunks)

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
        running = {one.service: one for one in self._seen() if one.state == "running"}
        if service not in running:
            known = ", ".join(running) or "nothing"
            raise Refused(message=f"'{service}' does not run here; running: {known}")
        with docker.answered(f"restart {service}"):
            self.engine.api.restart(running[service].id)

    def destroy(self, *, keep_data: bool) -> None:
        """Remove every container, network and volume; with `keep_data` state and secrets stay."""
        self.remove([one.service for one in self._seen()])
        self.volumes.remove(keep_data=keep_data)
        if not keep_data and self.folder.is_dir():
            shutil.rmtree(self.folder)
        remove_networks(self.engine, self.project)

    def variables(self, stack: Stack, tree: Tree) -> Mapping[str, str]:
        """Give what a release's Compose file leaves to be filled in."""
        made = self.fingerprints(stack, tree)
        speak = any("group_add" in container for container in read_services(tree).values())
        found = socket(self.engine, self._keepers_image()) if speak else {}
        return {**found, **{fingerprint_variable(name): mark for name, mark in made.items()}}

    def compose(self, stack: Stack) -> Program:
        """Give what makes containers."""
        return Program(self._find(stack), self.project)

    def remove(self, services: Collection[str]) -> None:
        """Stop and remove containers."""
        end(self.engine, [one for one in self._seen() if one.service in services], remove=True)

    def sweep(self) -> None:
        """Remove what a Compose that was killed has left half made."""
        sweep(self.engine, self.project)

    def running(self, stack: Stack, names: Collection[str]) -> frozenset[str]:
        """Say which of these services run; the port of a container is its own."""
        del stack
        return services_in(self.engine, self.project, "running").intersection(names)

    def published(self) -> frozenset[int]:
        """Give the ports that the environment's own running containers publish."""
        return frozenset().union(*(one.published for one in self._seen() if one.state == "running"))

    def failing(self) -> frozenset[str]:
        """Name the services that were started and do not stay up."""
        return services_in(self.engine, self.project, "restarting", "exited", "dead")

    def is_local(self) -> bool:
        """Say whether the engine runs on this machine."""
        return docker.address().startswith("unix://")

    def refuse_folder(self, folder: str, user: str) -> None:
        """Refuse a folder of the engine's machine that this user cannot read."""
        refuse_folder(self.engine, self._keepers_image(), folder, user)

    def _keepers_image(self) -> str:
        """Name our own image; where it is not made yet, that of what runs does as well."""
        wanted = self._image()
        if held(self.engine, wanted) is None:
            own = wanted.partition(":")[0]
            for one in self._seen():
                if one.image.partition(":")[0] == own:
                    return one.image
            self.fetch([wanted])
        return wanted

    def _seen(self) -> tuple[Seen, ...]:
        return seen(self.engine, self.project)

    def _recall_secrets(self) -> None:
        if self.volumes.exist():
            take_over(self.volumes.secrets(), self.folder / "secrets")
