"""The resource exporter's own pages: discovery, the dead-man receiver, and reading the file again."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from stack.errors import StackError
from stack.exporters._alertmanager import payload
from stack.exporters._messages import Answer, Request, Route, document, text
from stack.exporters.resource_exporter.containers import ContainerCollector
from stack.exporters.resource_exporter.discovery import target_groups
from stack.exporters.resource_exporter.metrics import DeadManCollector, ResourceCollector
from stack.exporters.resource_exporter.relay import Relay
from stack.exporters.resource_exporter.settings import read
from stack.exporters.resource_exporter.watch import Watch
from stack.exporters.resource_exporter.watchdog import DeadMan

if TYPE_CHECKING:
    from pathlib import Path

    from prometheus_client.registry import Collector

__all__ = ["Exporter"]


class Exporter:
    """Watches what its file declares.

    Raises:
        StackError: the file is wrong.
    """

    def __init__(self, config: Path) -> None:
        self._config = config
        self._settings = read(config)
        self._reloading = threading.Lock()
        self._watch, self._dead_man, self._relay = Watch(), DeadMan(), Relay()
        self._watch.follow(self._settings.resources)

    @property
    def routes(self) -> tuple[Route, ...]:
        """Its pages."""
        return (
            Route("POST", "/-/reload", self._reload),
            Route("GET", "/sd", lambda _: document(target_groups(self._settings))),
            Route("GET", "/watchdog", lambda _: document(self._dead_man.heard.serialise())),
            Route("POST", "/watchdog", self._hear),
        )

    @property
    def collectors(self) -> tuple[Collector, ...]:
        """Its metrics."""
        dead_man = DeadManCollector(self._dead_man, self._relay)
        return ResourceCollector(self._watch), ContainerCollector(self._watch), dead_man

    def stop(self) -> None:
        """Watch nothing any more."""
        self._watch.follow(())

    def _reload(self, request: Request) -> Answer:
        del request
        with self._reloading:
            try:
                self._settings = read(self._config)
            except StackError as error:
                return text(f"the old configuration stays: {error}", 500)
            self._watch.follow(self._settings.resources)
        return text(f"watching {len(self._settings.resources)} resource(s)")

    def _hear(self, request: Request) -> Answer:
        firing = payload(request).firing
        self._dead_man.hear(firing, time.time())
        if firing and self._settings.forward:
            self._relay.pass_on(request.body, self._settings.forward)
        return text("a beat" if firing else "no beat: nothing fires")
