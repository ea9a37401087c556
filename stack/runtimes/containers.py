"""Looks at the containers of an environment from outside, and tells one from another by a fingerprint."""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from stack.clients.docker import answered, if_there
from stack.errors import EngineRefused, Refused
from stack.imaging.shelf import held
from stack.runtimes.compose_file import (
    ENVIRONMENT,
    FINGERPRINT,
    MENDERS,
    SERVICE,
    image_of,
    read_services,
)
from stack.runtimes.process_table import read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from docker import DockerClient

    from stack.tree import Tree

__all__ = [
    "Seen",
    "end",
    "fingerprints",
    "inspected",
    "remove_networks",
    "running_one",
    "seen",
    "services_in",
    "sweep",
]

STEADY = 10.0
"""Seconds after which an engine takes a container that it has started again for well."""

LETTING_GO = 5.0
"""Seconds in which a network may still be in use after its containers are gone."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One container.

    Args:
        id: the engine's name for it.
        service: the service that it runs.
        state: the engine's word for it: created, running, restarting, exited, dead.
        fingerprint: what it was made with.
        pid: its first process on the engine's machine, 0 where none runs.
        since: unix seconds of its last start.
        image: the reference that it was made with.
        version: what its image says of itself, empty where it says nothing.
        exit_code: how it last ended.
        published: ports of the engine's machine that lead to it.
        restarts: how often the engine has started it again by itself.
    """

    id: str
    service: str
    state: str
    fingerprint: str
    pid: int = 0
    since: float = 0.0
    image: str = ""
    version: str = ""
    exit_code: int = 0
    published: frozenset[int] = frozenset()
    restarts: int = 0

    @property
    def stays_up(self) -> bool:
        """Whether it runs, and not just for the moment between two of its crashes."""
        return self.state == "running" and (not self.restarts or time.time() - self.since > STEADY)


def seen(engine: DockerClient, project: str) -> tuple[Seen, ...]:
    """Give every container of a project, by service."""
    return tuple(sorted(map(_seen, inspected(engine, project)), key=lambda one: one.service))


def running_one(containers: Collection[Seen], service: str) -> Seen:
    """Give the container in which a service runs.

    Raises:
        Refused: there is none.
    """
    found = {one.service: one for one in containers if one.state == "running"}
    if service not in found:
        known = ", ".join(found) or "nothing"
        raise Refused(message=f"'{service}' does not run here; running: {known}")
    return found[service]


def services_in(engine: DockerClient, project: str, *states: str) -> frozenset[str]:
    """Name the services that have a container in one of these states: one question for all of them."""
    return frozenset(one["Labels"].get(SERVICE, "") for one in _listed(engine, project, status=list(states)))


def inspected(engine: DockerClient, project: str) -> tuple[Mapping[str, Any], ...]:
    """Give all that the engine says of each container of a project; one that has gone meanwhile is none."""

    def look(name: str) -> Mapping[str, Any] | None:
        return if_there("look at a container", lambda: engine.api.inspect_container(name))

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda one: look(one["Id"]), _listed(engine, project)))
    return tuple(facts for facts in found if facts is not None)


def _listed(engine: DockerClient, project: str, **filters: list[str]) -> list[dict[str, Any]]:
    with answered("list containers"):
        wanted = {"label": f"{ENVIRONMENT}={project}", **filters}
        listed: list[dict[str, Any]] = engine.api.containers(all=True, filters=wanted)
    return listed


def _seen(facts: Mapping[str, Any]) -> Seen:
    labels, state = facts["Config"]["Labels"], facts["State"]
    return Seen(
        id=facts["Id"],
        service=labels.get(SERVICE, ""),
        state=state["Status"],
        fingerprint=labels.get(FINGERPRINT, ""),
        pid=state["Pid"],
        since=_moment(state["StartedAt"]),
        image=facts["Config"]["Image"],
        version=labels.get("org.opencontainers.image.version", ""),
        exit_code=state["ExitCode"],
        published=_published(facts["HostConfig"]),
        restarts=facts["RestartCount"],
    )


def _published(settings: Mapping[str, Any]) -> frozenset[int]:
    places = (place for places in (settings.get("PortBindings") or {}).values() for place in places or ())
    return frozenset(int(place["HostPort"]) for place in places if place["HostPort"])


def _moment(text: str) -> float:
    """Read the engine's time, which has nanoseconds and is year 1 for never."""
    moment = datetime.fromisoformat(text[:19] + "+00:00").timestamp() if text[:4] > "1970" else 0.0
    return min(moment, time.time())


def end(engine: DockerClient, containers: Collection[Seen], *, remove: bool) -> None:
    """Stop containers all at once: each may take its time to write down what it knows.

    Menders go first, and for good: the engine would start them with itself, and they all others.
    """

    def stop(one: Seen) -> None:
        engine.api.stop(one.id)
        if remove or one.service in MENDERS:
            engine.api.remove_container(one.id, force=True)

    with answered("stop containers"), ThreadPoolExecutor(16) as pool:
        list(pool.map(stop, (one for one in containers if one.service in MENDERS)))
        list(pool.map(stop, (one for one in containers if one.service not in MENDERS)))


def sweep(engine: DockerClient, project: str) -> None:
    """Remove what a Compose that was killed has made in the place of another, and not come to put there.

    The next one would make both anew, under one name.
    """
    found = seen(engine, project)
    several = Counter(one.service for one in found)
    end(engine, [one for one in found if one.state == "created" and several[one.service] > 1], remove=True)


def remove_networks(engine: DockerClient, project: str) -> None:
    """Remove the networks that were made for a project.

    A busy engine lets go of a network a moment after it has said that the last container on it is gone. Older
    ones (20.10) lose count now and then: an empty network stays until they are started again, and is left.

    Raises:
        EngineRefused: somebody else's container is on one of them.
    """
    with answered("remove networks"):
        found = engine.api.networks(filters={"label": f"com.docker.compose.project={project}"})
    for network in found:
        deadline = time.monotonic() + LETTING_GO
        while not _removed(engine, network["Id"], last=time.monotonic() > deadline):
            time.sleep(0.1)


def _removed(engine: DockerClient, network: str, *, last: bool) -> bool:
    try:
        with answered("remove networks"):
            engine.api.remove_network(network)
    except EngineRefused as error:
        if "active endpoints" not in str(error) or (last and _is_used(engine, network)):
            raise
        return last
    return True


def _is_used(engine: DockerClient, network: str) -> bool:
    with answered("look at a network"):
        return bool(engine.api.inspect_network(network)["Containers"])


def fingerprints(engine: DockerClient, tree: Tree, given: Mapping[str, str]) -> Mapping[str, str]:
    """Give the fingerprint that each container of a release would have here.

    It changes with the container's definition, with the image that the engine has under its reference, and
    with what the service reads only when it starts.

    Args:
        engine: the engine.
        tree: the release.
        given: what a definition leaves to be filled in by who deploys.
    """
    reads = {name: process.reads for name, process in read_table(tree).items()}
    return {
        name: _fingerprint(engine, made, given, [tree.files[path] for path in reads.get(name, ())])
        for name, made in read_services(tree).items()
    }


def _fingerprint(
    engine: DockerClient, made: Mapping[str, Any], given: Mapping[str, str], files: list[bytes]
) -> str:
    read = (sha256(data).hexdigest() for data in files)
    definition = json.dumps(made, sort_keys=True)
    for name, value in given.items():
        definition = definition.replace(f"${{{name}}}", value)
    identity = (definition, _image(engine, image_of(made)), *read)
    return sha256("\0".join(identity).encode()).hexdigest()[:16]


def _image(engine: DockerClient, reference: str) -> str:
    """Give the image that a reference stands for, empty where the engine does not have it yet."""
    found = held(engine, reference)
    return found.identity if found else ""
