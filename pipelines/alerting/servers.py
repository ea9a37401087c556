"""The doors of a live stack that the verbs on alerts go through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.core.recall import recall_live
from stack.clients.alertmanager import Alertmanager
from stack.clients.prometheus import Prometheus
from stack.clients.sink import Sink
from stack.emit import from_yaml
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.core.effects import Effects
    from stack.clients.http import Session
    from stack.runtimes.protocol import Release, Runtime

__all__ = ["Servers", "live_servers"]


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers of one live release."""

    release: Release
    runtime: Runtime

    @property
    def environment(self) -> str:
        """The environment's name."""
        return self.release.stack.environment.name

    @property
    def prometheus(self) -> Prometheus:
        """The live Prometheus."""
        return Prometheus(self.door("prometheus"))

    @property
    def alertmanager(self) -> Alertmanager:
        """The live Alertmanager."""
        return Alertmanager(self.door("alertmanager"))

    @property
    def sink(self) -> Sink | None:
        """The sink, where this environment's notifications go to it."""
        return Sink(self.door("sink")) if "sink" in self.release.stack.services else None

    @property
    def routing(self) -> Mapping[str, Any]:
        """Alertmanager's configuration as it was rendered."""
        return self.document("alertmanager/alertmanager.yml")

    def document(self, path: str) -> Mapping[str, Any]:
        """Give a rendered YAML file of the release."""
        found: Mapping[str, Any] = from_yaml(self.release.tree.files[path]) or {}
        return found

    def door(self, service: str) -> Session:
        """Give HTTP to a service.

        Raises:
            Refused: the environment does not run it.
        """
        if service not in self.release.stack.services:
            raise Refused(message=f"environment {self.environment} runs no {service}")
        return self.runtime.door(self.release.stack, service)


def live_servers(effects: Effects) -> Servers:
    """Give the doors of what is live.

    Raises:
        NothingKept: nothing was deployed yet.
    """
    return Servers(recall_live(effects), effects.runtime)
