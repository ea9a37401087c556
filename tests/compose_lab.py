"""A stack in containers of a real engine for tests: an environment of its own, reached by its one door."""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import requests

from stack.access import DEPLOY
from stack.clients.docker import engine
from stack.clients.ports import is_free
from stack.errors import EngineUnreachable
from stack.proxy.entrance import DOOR
from stack.runtimes.compose_file import MENDERS
from tests.engine import docker
from tests.lab import ROOT, Lab, Said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["LEFT_OUT", "SMALL", "ComposeLab", "compose_lab", "compose_program", "free_door", "need_engine"]

SMALL = ("alertmanager", "gate", *MENDERS, "node", "prometheus", "proxy", "resources", "sink")
"""What a lab has, by the names of its containers; the other services are disabled."""

LEFT_OUT = ("blackbox", "command_center", "grafana", "pushgateway")


@dataclass
class ComposeLab(Lab):
    """One environment with a name of its own, as a project of the machine's engine.

    Args:
        folder: where the deployer's own files lie.
        ports: of what is published.
        name: the environment's.
        parent: the shipped environment that it begins with.
    """

    ports: dict[str, int] = field(default_factory=dict)
    name: str = field(default_factory=lambda: f"flt{secrets.token_hex(3)}")
    parent: str = "local"

    @property
    def project(self) -> str:
        """The project's name in the engine."""
        return f"monitoring-{self.name}"

    @property
    def root(self) -> Path:
        """The deployer's folder of the environment."""
        return self.var / self.name

    def build(self) -> ComposeLab:
        """Lay out the folders, the port, and a cache shared with every other test."""
        self.ports = {"proxy": free_door()}
        (self.site / "rules" / "tests" / "routing").mkdir(parents=True)
        self.var.mkdir()
        (ROOT / "var" / "cache").mkdir(parents=True, exist_ok=True)
        (self.var / "cache").symlink_to(ROOT / "var" / "cache")
        self.environment()
        return self

    def environment(self, **sections: Any) -> None:
        """Write the site's environment file with these sections."""
        document = {
            "extends": self.parent,
            "runtime": "compose",
            "images": "built",
            "ports": self.ports,
            "scrape_interval": "1s",
            "scrape_timeout": "1s",
            "evaluation_interval": "1s",
            "exact_versions": False,
            "require_all": False,
            "notifications": "sink",
            "targets": {"command_center": []},
            "disable": {"services": list(LEFT_OUT)},
            **sections,
        }
        path = self.site / "stack" / "environments" / f"{self.name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))

    def invoke(self, *words: str, timeout: float = 300.0, **variables: str) -> Said:
        """Run a task to its end."""
        return super().invoke(*words, timeout=timeout, **variables)

    def variables(self, **more: str) -> dict[str, str]:
        """Give the variables of a task."""
        return super().variables(**{"MONITORING_ENV": self.name, **more})

    def get(self, service: str, path: str) -> requests.Response:
        """GET a page of a service, by the door that a deploy goes through."""
        return self.ask("GET", service, path)

    def ask(self, method: str, service: str, path: str, **more: Any) -> requests.Response:
        """Send a request to a service."""
        token = (self.root / "secrets" / DEPLOY).read_text()
        return requests.request(
            method,
            f"https://localhost:{self.ports['proxy']}{DOOR}/{service}{path}",
            headers={"Authorization": f"Bearer {token}"},
            verify=str(self.root / "authority.crt"),
            timeout=5,
            **more,
        )

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Ask Prometheus; nothing where it does not answer."""
        try:
            answer = self.ask("GET", "prometheus", "/api/v1/query", params={"query": expression})
            found: list[dict[str, Any]] = answer.json()["data"]["result"] if answer.ok else []
        except requests.ConnectionError:
            return []
        return found

    def container(self, service: str) -> str:
        """Name a service's container."""
        return f"{self.project}-{service}-1"

    def containers(self) -> dict[str, str]:
        """Give the id of each service's running container."""
        words = ("--filter", f"label=monitoring.environment={self.project}", "--no-trunc")
        form = '{{.Label "monitoring.service"}} {{.ID}}'
        lines = docker("ps", *words, "--format", form).splitlines()
        return {name: made for name, _, made in (line.partition(" ") for line in lines)}

    def inspect(self, service: str) -> dict[str, Any]:
        """Give all that the engine says of a service's container."""
        found: list[dict[str, Any]] = json.loads(docker("inspect", self.container(service)))
        return found[0]

    def keepers(self) -> list[str]:
        """Name the containers that hold the environment's volumes and are none of its services."""
        return docker("ps", "-aq", "--no-trunc", "--filter", f"volume={self.project}_vault").split()

    def networks(self) -> list[str]:
        """Name the environment's networks; not those that are empty, and that an engine lost count of."""
        found = docker("network", "ls", "-q", "--filter", f"name=^{self.project}_").split()
        return [one for one in found if docker("network", "inspect", "-f", "{{len .Containers}}", one) != "0"]

    def inside(self, volume: str, script: str) -> str:
        """Run some Python as root on one of the environment's volumes, mounted at /v, and give its output."""
        image = docker("inspect", "-f", "{{.Config.Image}}", self.container("gate"))
        words = ("--rm", "--user", "0:0", "--network", "none", "--entrypoint", "python3")
        return docker("run", *words, "-v", f"{self.project}_{volume}:/v", image, "-c", script)

    def serving(self) -> bool:
        """Say whether Prometheus answers through the proxy."""
        return bool(self.query("up"))

    def end(self) -> None:
        """Remove everything, and fail where something stays."""
        said = self.invoke("destroy", "--yes")
        left = [*self.containers().values(), *self.keepers()]
        if left:
            docker("rm", "-f", "-v", *left)
        volumes = docker("volume", "ls", "-q", "--filter", f"name=^{self.project}_").split()
        if volumes:
            docker("volume", "rm", "-f", *volumes)
        networks = self.networks()
        if networks:
            docker("network", "rm", *networks)
        assert (left, volumes, networks) == ([], [], []), said.out + said.err


def free_door() -> int:
    """Give a port that nobody listens on."""
    return next(port for port in iter(lambda: 25_000 + secrets.randbelow(1000), None) if is_free(port))


def compose_program() -> Path:
    """Give Docker Compose as a deploy has fetched it."""
    return max((ROOT / "var" / "cache").glob("[!.]*/**/cli-plugins/docker-compose"))


def need_engine() -> None:
    """Skip where no engine answers, with the reason."""
    try:
        engine().close()
    except EngineUnreachable as error:
        pytest.skip(str(error))


@contextmanager
def compose_lab(folder: Path, parent: str = "local") -> Iterator[ComposeLab]:
    """Give a lab, and end it."""
    need_engine()
    made = ComposeLab(folder, parent=parent).build()
    try:
        yield made
    finally:
        made.end()
