"""From the containers to what Prometheus is to scrape, and to what it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.exporters.discoverer.labels import PREFIX, Unusable, wish

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stack.exporters.discoverer.containers import Container
    from stack.exporters.discoverer.labels import Wish

__all__ = ["Found", "Refusal", "find"]

SHARED = "container:"
HOST = "host"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A container that wants to be scraped and cannot be.

    Args:
        container: its name.
        about: `labels`, `network` or `ports`.
        line: what is wrong, and what to do.
    """

    container: str
    about: str
    line: str


@dataclass(frozen=True, slots=True)
class Found:
    """What there is: target groups as file_sd has them, and what was refused."""

    groups: tuple[Mapping[str, Any], ...] = ()
    refusals: tuple[Refusal, ...] = ()


def find(containers: Sequence[Container], networks: Sequence[str], env: str) -> Found:
    """Find the targets.

    Args:
        containers: all that there are.
        networks: those that Prometheus reaches, the preferred first; none: every one.
        env: the environment's name, a label of every target.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config
    """
    groups: list[Mapping[str, Any]] = []
    refusals: list[Refusal] = []
    by_id = {one.id: one for one in containers}
    for container in containers:
        try:
            groups += _groups(container, by_id, networks, env)
        except Unusable as error:
            refusals.append(Refusal(container.name, error.about, str(error)))
    return Found(tuple(groups), tuple(refusals))


def _groups(
    container: Container, by_id: Mapping[str, Container], networks: Sequence[str], env: str
) -> list[Mapping[str, Any]]:
    wanted = wish(container.labels) if container.is_up else None
    if wanted is None:
        return []
    address = _address(container, by_id, networks)
    return [_group(container, wanted, address, port, env) for port in _ports(container, wanted)]


def _group(container: Container, wanted: Wish, address: str, port: int, env: str) -> Mapping[str, Any]:
    labels = {
        "__metrics_path__": wanted.path,
        "__scheme__": wanted.scheme,
        **{f"__param_{name}": value for name, value in wanted.params},
        "job": wanted.job or container.service or container.name,
        "instance": f"{container.name}:{port}",
        "container": container.name,
        "image": container.image,
        "project": container.project,
        "env": env,
    }
    return {
        "targets": [f"{address}:{port}"],
        "labels": {name: value for name, value in labels.items() if value},
    }


def _ports(container: Container, wanted: Wish) -> tuple[int, ...]:
    if ports := wanted.ports or container.ports:
        return ports
    raise Unusable("ports", f"it exposes no port; say which one to scrape by {PREFIX}port")


def _address(container: Container, by_id: Mapping[str, Container], networks: Sequence[str]) -> str:
    """Give the address at which Prometheus reaches a container.

    Raises:
        Unusable: there is none.
    """
    owner = container
    if container.network.startswith(SHARED):
        owner = by_id.get(container.network.removeprefix(SHARED), container)
    if owner.network == HOST and (HOST in networks or not networks):
        return "127.0.0.1"
    reached = [name for name in networks or sorted(owner.addresses) if name in owner.addresses]
    if not reached:
        raise Unusable("network", "; ".join(_unreached(owner, networks)))
    return owner.addresses[reached[0]]


def _unreached(container: Container, networks: Sequence[str]) -> Iterator[str]:
    joined = ", ".join(sorted(container.addresses)) or container.network
    yield f"Prometheus reaches it on none of its networks, {joined}"
    if container.network == HOST:
        yield "name `host` under `discovery.networks` where Prometheus shares the machine's own network"
    elif container.network != "none":
        yield f"connect it to {' or '.join(networks) or 'one'}, or name one under `discovery.networks`"
