"""How a service runs as a container, where that differs from the usual."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Container"]


@dataclass(frozen=True, slots=True)
class Container:
    """How a service runs as a container, where that differs from the usual.

    Args:
        network: the network on which others reach it: `core` is for what can change the stack itself and for
            those who show it, `services` for everything else, `outside` for the one published door, and
            `none` for whoever needs no other.
        joins: further networks, on which it is a client: `outside` leads to what lies outside the stack.
        guarded: whether it listens on its own network alone, since its API can do harm.
        mounts: what it sees of the engine's host, each `source:target:options`; the exception.
        shares: folders that it has in common with others, each `folder:rw` or `folder:ro`.
        engine: whether it may speak to the engine, and with that command the whole host.
        invokes: whether it runs pipelines, as who deployed and on the deployer's own folders.
        discovers: whether it joins the networks that targets are found on, as a client.
        links: symbolic links in its working folder, and where each leads.
        host_name: whether the host's name is its own.
        memory: its limit, as Compose writes it.
        cpus: how many cores it may keep busy.
        pids: how many processes and threads it may have.
        published: the doors of it that are published on the engine's host: `proxy`, `sink_smtp`.
    """

    network: str = "services"
    joins: tuple[str, ...] = ()
    guarded: bool = False
    mounts: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    engine: bool = False
    invokes: bool = False
    discovers: bool = False
    links: Mapping[str, str] = field(default_factory=dict)
    host_name: bool = False
    memory: str = "256m"
    cpus: float = 1.0
    pids: int = 200
    published: tuple[str, ...] = ()
