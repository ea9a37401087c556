"""The discoverer as a process, and a Prometheus that watches its file, both as an environment has them."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests

from stack.scrape import jobs
from tests.lab import ROOT, until
from tests.rules.live import binary, is_ready, port, running
from tests.stack.services.lab import stack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stack.service import Stack

__all__ = ["Discoverer", "Watching", "discoverer", "prometheus"]

NETWORK = requests.Session()
NETWORK.trust_env = False


@dataclass(frozen=True, slots=True)
class Discoverer:
    """One that runs; `root` is its environment's folder."""

    root: Path
    made: Stack
    pid: int

    def get(self, path: str) -> requests.Response:
        """Ask for a page."""
        return NETWORK.get(f"http://{self.made.address('discoverer')}{path}", timeout=10)

    def groups(self) -> list[dict[str, Any]]:
        """Read its file; none where there is none."""
        try:
            found: list[dict[str, Any]] = json.loads((self.root / "discovered" / "docker.json").read_text())
        except FileNotFoundError:
            return []
        return found

    def targets(self, prefix: str) -> dict[str, str]:
        """Give the address of each target by its instance, of those whose instance begins so."""
        found = {group["labels"]["instance"]: group["targets"][0] for group in self.groups()}
        return {name: address for name, address in found.items() if name.startswith(prefix)}

    def refused(self) -> dict[str, str]:
        """Give the line that is said of each container that was refused."""
        return {one["container"]: one["line"] for one in self.get("/targets").json()["refused"]}

    def metric(self, name: str) -> float:
        """Give the value of a metric without labels."""
        lines = self.get("/metrics").text.splitlines()
        [value] = [line.split()[1] for line in lines if line.startswith(f"monitoring_discovery_{name} ")]
        return float(value)

    def log(self) -> str:
        """Give what it has written."""
        return (self.root / f"{sys.executable.rpartition('/')[2]}.log").read_text()


@dataclass(frozen=True, slots=True)
class Watching:
    """A Prometheus."""

    url: str

    def targets(self, prefix: str) -> list[dict[str, Any]]:
        """Give its active targets whose instance begins so: the engine may have other guests."""
        answer = NETWORK.get(f"{self.url}/api/v1/targets", params={"state": "active"}, timeout=5).json()
        found: list[dict[str, Any]] = answer["data"]["activeTargets"]
        return [one for one in found if one["labels"]["instance"].startswith(prefix)]

    def ask(self, expression: str) -> dict[str, float]:
        """Evaluate an instant query, and give the values by instance."""
        answer = NETWORK.get(f"{self.url}/api/v1/query", params={"query": expression}, timeout=5).json()
        found = answer["data"]["result"]
        return {one["metric"].get("instance", ""): float(one["value"][1]) for one in found}

    def metric(self, name: str) -> float:
        """Give the value of one of its own metrics."""
        lines = NETWORK.get(f"{self.url}/metrics", timeout=5).text.splitlines()
        [value] = [line.split()[1] for line in lines if line.startswith(f"{name} ")]
        return float(value)

    def scraped(self, prefix: str) -> dict[str, str]:
        """Give the page of each of them that answered, by its instance."""
        up = (one for one in self.targets(prefix) if one["health"] == "up")
        return {one["labels"]["instance"]: one["scrapeUrl"] for one in up}


@contextmanager
def discoverer(root: Path, **discovery: Any) -> Iterator[Discoverer]:
    """Run one, and wait until it is ready."""
    made = stack(discovery={"docker": True, **discovery}, ports={"discoverer": port()})
    (root / "discovered").mkdir(parents=True, exist_ok=True)
    words = [word.replace("{root}", str(root)) for word in made.services["discoverer"].process(made).argv[1:]]
    with running(sys.executable, *words, folder=root, env={"PYTHONPATH": str(ROOT)}) as child:
        found = Discoverer(root, made, child.pid)
        assert until(lambda: _is_ready(found)), found.log()
        yield found


@contextmanager
def prometheus(
    made: Stack, root: Path, interval: str = "1s", job: str = "containers", within: tuple[str, ...] = ()
) -> Iterator[Watching]:
    """Run a Prometheus with one job of an environment, where a release would have it.

    Args:
        made: the environment's stack.
        root: the environment's folder.
        interval: of its scrapes.
        job: the job.
        within: the command that starts it, where it is to have a world of its own.
    """
    folder = root / "current" / "prometheus"
    folder.mkdir(parents=True, exist_ok=True)
    [body] = [dict(one) for one in jobs(made) if one["job_name"] == job]
    rhythm = {"scrape_interval": interval, "scrape_timeout": "1s"}
    (folder / "prometheus.yml").write_text(json.dumps({"global": rhythm, "scrape_configs": [body]}))
    address = f"127.0.0.1:{port()}"
    flags = (f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={root}/tsdb")
    with running(*within, binary("prometheus"), *flags, f"--web.listen-address={address}", folder=root):
        assert until(lambda: is_ready(f"http://{address}"))
        yield Watching(f"http://{address}")


def _is_ready(found: Discoverer) -> bool:
    try:
        return found.get("/-/ready").ok
    except requests.RequestException:
        return False
