"""A container, as far as it matters whether and where it can be scraped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Container", "read"]

RUNNING = frozenset({"running", "paused"})
"""States in which a container has its addresses; a paused one is there, and its scrapes fail."""


@dataclass(frozen=True, slots=True)
class Container:
    """One container of the engine's list.

    Args:
        id: its whole id.
        name: its name, without the slash that the engine puts before it.
        image: what it was made of, as it was named then.
        state: `running`, `exited` and so on.
        labels: its labels, those of its image among them.
        addresses: its address on each network on which it has one.
        ports: the TCP ports that it exposes.
        network: `bridge`, `host`, `none`, `container:<id>`, or the name of its first network.
    """

    id: str
    name: str
    image: str
    state: str
    labels: Mapping[str, str]
    addresses: Mapping[str, str]
    ports: tuple[int, ...]
    network: str

    @property
    def is_up(self) -> bool:
        """Whether it has addresses now."""
        return self.state in RUNNING

    @property
    def project(self) -> str:
        """The Compose project that it is of, empty where it is of none."""
        return self.labels.get("com.docker.compose.project", "")

    @property
    def service(self) -> str:
        """The Compose service that it is of, empty where it is of none."""
        return self.labels.get("com.docker.compose.service", "")


def read(listed: Iterable[Mapping[str, Any]]) -> tuple[Container, ...]:
    """Read the engine's list of containers, sorted by name.

    Source: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerList
    """
    return tuple(sorted(map(_container, listed), key=lambda one: one.name))


def _container(entry: Mapping[str, Any]) -> Container:
    networks = (entry.get("NetworkSettings") or {}).get("Networks") or {}
    return Container(
        id=entry["Id"],
        name=_name(entry.get("Names") or [entry["Id"][:12]]),
        image=entry.get("Image", ""),
        state=entry.get("State", ""),
        labels=entry.get("Labels") or {},
        addresses={name: address for name, one in networks.items() if (address := _address(one or {}))},
        ports=_ports(entry.get("Ports") or ()),
        network=(entry.get("HostConfig") or {}).get("NetworkMode", ""),
    )


def _name(names: list[str]) -> str:
    """Give a container's own name: a link of old gives it others, `/other/alias`."""
    return min((name.removeprefix("/") for name in names), key=lambda name: name.count("/"))


def _address(network: Mapping[str, Any]) -> str:
    second = network.get("GlobalIPv6Address")
    return network.get("IPAddress") or (f"[{second}]" if second else "")


def _ports(listed: Iterable[Mapping[str, Any]]) -> tuple[int, ...]:
    return tuple(sorted({port["PrivatePort"] for port in listed if port.get("Type") == "tcp"}))
