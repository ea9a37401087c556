"""HTTP to services in containers: on loopback of the engine's machine, through the proxy, or beside them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING

from stack import secrets
from stack.access import DEPLOY
from stack.clients.http import Session, lines
from stack.errors import HttpFailed
from stack.proxy.entrance import DOOR
from stack.services.grafana import PASSWORD
from stack.services.proxy import AUTHORITY
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import requests

    from stack.runtimes.volumes import Volumes
    from stack.service import Stack

__all__ = ["Doors"]


@dataclass
class Doors:
    """The doors of one environment.

    Args:
        folder: where the deployer keeps the environment's secrets, and the authority's certificate.
        volumes: where the proxy keeps it.
        recall: takes over the secrets that an earlier deploy has made, perhaps on another machine.
        inside: whether whoever asks is in one of the environment's containers, on its networks.
    """

    folder: Path
    volumes: Callable[[], Volumes]
    recall: Callable[[], None]
    inside: bool = False
    _known: bool = field(default=False, init=False)
    _turn: Lock = field(default_factory=Lock, init=False)
    _lines: requests.Session = field(default_factory=lines, init=False)

    def to(self, stack: Stack, service: str) -> Session:
        """Give HTTP to a service.

        Raises:
            HttpFailed: the proxy has no certificate yet.
        """
        password = secrets.in_force(PASSWORD, self.folder / "secrets") if service == "grafana" else None
        auth = ("admin", password) if password else None
        if self.inside:
            return Session(f"http://{stack.pages(service)}", auth=auth, lines=self._lines)
        if stack.environment.doors == "loopback":
            base = f"http://127.0.0.1:{stack.port(stack.answering(service))}"
            return Session(base, auth=auth, lines=self._lines)
        return replace(self._by_the_proxy(stack, service), auth=auth)

    def _by_the_proxy(self, stack: Stack, service: str) -> Session:
        """Give HTTP through the published door, with the token that opens all that lie behind it."""
        host, port = stack.environment.proxy.hosts[0], stack.port("proxy")
        base = f"https://{f'[{host}]' if ':' in host else host}:{port}{DOOR}/{service}"
        token = self.folder / "secrets" / DEPLOY
        with self._turn:
            if not token.is_file():
                self.recall()
        if not token.is_file():
            raise HttpFailed(method="GET", url=base, message="nothing was deployed that has a deploy token")
        known = self.authority(stack)
        return Session(base, token=token.read_text(), verify=known, lines=self._lines)

    def authority(self, stack: Stack) -> str | bool:
        """Give the certificate of the proxy's own authority as a file; true where it has none of its own.

        Raises:
            HttpFailed: the proxy has no certificate yet.
        """
        if stack.environment.proxy.tls != "internal":
            return True
        file = self.folder / "authority.crt"
        with self._turn:  # probes ask for their doors all at once
            self._learn(file, stack)
        return str(file)

    def _learn(self, file: Path, stack: Stack) -> None:
        if not self._known:
            found = self.volumes().read(f"data/proxy/{AUTHORITY}")
            if found is None:
                message = "the proxy has no certificate yet"
                raise HttpFailed(method="GET", url=stack.entrance, message=message)
            write_atomically(file, found)
            self._known = True
