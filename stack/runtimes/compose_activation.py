"""How the Compose runtime brings a release to life, in an order in which a cut anywhere can be healed."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Protocol

from stack import secrets
from stack.clients.ports import is_free, owner
from stack.errors import ActivationFailed, EngineRefused, PortTaken
from stack.references import needed_secrets, secrets_in
from stack.runtimes import readiness
from stack.runtimes.compose_file import PATH, image_of, read_services
from stack.runtimes.invoking import make_folders, refuse_apart, user_of
from stack.runtimes.protocol import Action
from stack.runtimes.readiness import STARTED, await_ready, reload
from stack.runtimes.taking import adopt, reached
from stack.service import watched_files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from stack.clients.compose import Compose
    from stack.runtimes.protocol import Change, Release
    from stack.runtimes.volumes import Volumes
    from stack.service import Stack
    from stack.tree import Tree

__all__ = ["activate", "published_ports", "refuse_taken_ports", "volumes_of"]

WAY = ("proxy", "gate")
"""Those by which a deploy reaches all others."""

TAKEN = re.compile(r":(\d+)\D*(?:failed: port is already allocated|address already in use)")


class Ground(readiness.Ground, Protocol):
    """What an activation needs of the runtime that it is part of."""

    folder: Path

    @property
    def volumes(self) -> Volumes:
        """All that the environment keeps."""
        ...

    def compose(self, stack: Stack, /) -> Compose:
        """Give what makes containers."""
        ...

    def variables(self, stack: Stack, tree: Tree, /) -> Mapping[str, str]:
        """Give what a release's Compose file leaves to be filled in."""
        ...

    def fetch(self, references: Collection[str], /) -> None:
        """Let the engine have every image."""
        ...

    def remove(self, services: Collection[str], /) -> None:
        """Stop and remove containers."""
        ...

    def sweep(self) -> None:
        """Remove what a Compose that was killed has left half made."""
        ...

    def published(self) -> frozenset[int]:
        """Give the ports that the environment's own running containers publish."""
        ...

    def refuse_folder(self, folder: str, user: str, /) -> None:
        """Refuse a folder of the engine's machine that this user cannot read."""
        ...

    def is_local(self) -> bool:
        """Say whether the engine runs on this machine."""
        ...


def activate(ground: Ground, release: Release, changes: tuple[Change, ...]) -> None:
    """Make a release live: refuse what is impossible, fill the volumes, bring the services to it."""
    containers = read_services(release.tree)
    started = tuple(change.service for change in changes if change.action in STARTED)
    refuse_apart(release.stack, local=ground.is_local())
    if ground.is_local():
        refuse_taken_ports(ground, release.stack, started)
    ground.fetch(set(map(image_of, containers.values())))
    _refuse_folder(ground, release, started)
    filled = ground.variables(release.stack, release.tree) if started else {}
    folder = ground.folder / "secrets"
    secrets.materialise(needed_secrets(release.stack, release.tree), folder)
    make_folders(release.stack, ground.folder)
    ground.volumes.need(volumes_of(release.tree))
    try:
        _fill(ground, release)
        _bring(ground, release, changes, filled)
        _settle(ground, release, changes)
        ground.volumes.end()
    except (EngineRefused, OSError) as error:
        raise _failed(release, error) from error


def _settle(ground: Ground, release: Release, changes: tuple[Change, ...]) -> None:
    """See every service take up its work, those first by which the others are reached."""
    # The proxy must know of a service that is new before that is waited for; the gate lets us in.
    way = tuple(change for change in changes if change.service in WAY)
    await_ready(ground, release, way)
    reload(ground, release, way)
    rest = tuple(change for change in changes if change not in way)
    await_ready(ground, release, rest)
    folder = ground.folder / "secrets"
    adopt(release, partial(ground.door, release.stack), folder)
    reload(ground, release, rest)
    secrets.taken(reached(release, changes), folder)


def _refuse_folder(ground: Ground, release: Release, started: tuple[str, ...]) -> None:
    """Refuse a folder of targets that the service which is to read it cannot read."""
    folder = release.stack.environment.discovery.folder
    if not folder:
        return
    containers = read_services(release.tree)
    for name in release.stack.services.keys() & set(started):
        if release.stack.services[name].container.discovers:
            ground.refuse_folder(folder, containers[name]["user"])


def refuse_taken_ports(ground: Ground, stack: Stack, services: tuple[str, ...]) -> None:
    """Refuse to publish a port that is somebody else's.

    Raises:
        PortTaken: with the name of the process that has it.
    """
    ours = ground.published()
    for name, port in published_ports(stack, services):
        if port not in ours and not is_free(port):
            raise PortTaken(port=port, service=name, owner=owner(port))


def published_ports(stack: Stack, services: Collection[str]) -> Iterator[tuple[str, int]]:
    """Yield each port that these services publish on the engine's machine, with its name."""
    for service in (stack.services[name] for name in sorted(stack.services.keys() & set(services))):
        loopback = stack.environment.doors == "loopback"
        for name in service.ports if loopback else service.container.published:
            yield name, stack.port(name)


def _fill(ground: Ground, release: Release) -> None:
    """Bring onto the volumes what the services need, each thing with its owner, and flip the link last."""
    containers, services = read_services(release.tree), release.stack.services
    users = {name: user_of(made) for name, made in containers.items()}
    folders = [*(f"work/{name}" for name in services), "secrets", "textfile"]
    owners = {f"data/{name}": users[name] for name, service in services.items() if service.data}
    shares = ((share, users[name]) for name, one in services.items() for share in one.container.shares)
    owners |= {share.removesuffix(":rw"): user for share, user in shares if share.endswith(":rw")}
    links = {
        f"work/{name}/{link}": leads
        for name, one in services.items()
        for link, leads in one.container.links.items()
    }
    ground.volumes.prepare(folders, owners, links)
    _give_secrets(ground, release, users)
    ground.volumes.publish(release.id, release.tree)
    ground.volumes.begin(release.id)
    for service in services.values():
        if service.watches:
            ground.volumes.lay_watched(service.name, watched_files(release.tree, service))


def _give_secrets(ground: Ground, release: Release, users: Mapping[str, int]) -> None:
    known = {path.name: path.read_bytes() for path in (ground.folder / "secrets").iterdir() if path.is_file()}
    ground.volumes.keep_secrets(known)
    for name, service in release.stack.services.items():
        wanted = {*release.stack.secrets_of(service), *secrets_in(release.tree.below(name).files)}
        ground.volumes.give_secrets(name, {secret: known[secret] for secret in wanted}, users[name])


def volumes_of(tree: Tree | None) -> list[str]:
    """Name every volume that a release's containers mount, and that of all secrets."""
    mounts = [mount for made in read_services(tree).values() for mount in made["volumes"]]
    ours = [mount for mount in mounts if isinstance(mount, str) and not mount.startswith(("/", "$"))]
    return ["vault", *(mount.partition(":")[0] for mount in ours)]


def _bring(ground: Ground, release: Release, changes: tuple[Change, ...], filled: Mapping[str, str]) -> None:
    """Remove containers, and make new ones; what only reloads stays as it is."""
    ground.remove([change.service for change in changes if change.action is Action.REMOVE])
    started = [change.service for change in changes if change.action in STARTED]
    if started:
        ground.sweep()
        ground.compose(release.stack).up(release.tree.files[PATH], started, filled)


def _failed(release: Release, error: Exception) -> ActivationFailed:
    taken = TAKEN.search(str(error))
    hint = f"free port {taken[1]} on the engine's machine, or give the service another" if taken else None
    parts = (error.strerror, error.filename) if isinstance(error, OSError) else (error,)
    told = ": ".join(str(part) for part in parts if part)
    return ActivationFailed(release=release.id, message=told, hint=hint)
