"""What there is on an engine for one environment: what an activation asks of it, and changes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from stack.clients import docker
from stack.clients.compose import Compose as Program
from stack.imaging.shelf import held
from stack.runtimes.compose_file import fingerprint_variable, read_services
from stack.runtimes.containers import end, fingerprints, seen, services_in, sweep
from stack.runtimes.host import refuse_folder, socket
from stack.runtimes.invoking import given
from stack.runtimes.volumes import Volumes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from docker import DockerClient

    from stack.runtimes.containers import Seen
    from stack.service import Stack
    from stack.tree import Tree

__all__ = ["ComposeGround"]


class ComposeGround:
    """One environment's containers, volumes and images.

    Args:
        folder: where the deployer keeps the environment's secrets; its name is the environment's.
        find: gives the Compose program for a stack.
        image: names our own image.
        fetch: lets the engine have images that it lacks.
        inside: whether this run is itself in one of the environment's containers.
    """

    def __init__(
        self,
        folder: Path,
        find: Callable[[Stack], Path],
        image: Callable[[], str],
        fetch: Callable[[DockerClient, Collection[str]], None],
        *,
        inside: bool = False,
    ) -> None:
        self.folder = folder
        self.project = f"monitoring-{folder.name.lower()}"
        self._find = find
        self._image = image
        self._fetch = fetch
        self._inside = inside

    @cached_property
    def engine(self) -> DockerClient:
        """The engine."""
        return docker.engine()

    @cached_property
    def volumes(self) -> Volumes:
        """All that the environment keeps."""
        return Volumes(self.engine, self.project, self._keepers_image)

    def fingerprints(self, stack: Stack, tree: Tree) -> Mapping[str, str]:
        """Give the fingerprint that each container of a stack would have here."""
        del stack
        return fingerprints(self.engine, tree, given(self.folder))

    def fetch(self, references: Collection[str]) -> None:
        """Let the engine have every image."""
        self._fetch(self.engine, references)

    def variables(self, stack: Stack, tree: Tree) -> Mapping[str, str]:
        """Give what a release's Compose file leaves to be filled in."""
        made = self.fingerprints(stack, tree)
        speak = any("group_add" in container for container in read_services(tree).values())
        found = socket(self.engine, self._keepers_image()) if speak else {}
        marks = {fingerprint_variable(name): mark for name, mark in made.items()}
        return {**found, **given(self.folder), **marks}

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
