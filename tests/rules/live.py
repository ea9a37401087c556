"""A rule file in a real Prometheus, its durations scaled down, beside the real exporters that it rests on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
import yaml

from stack.assemble import services
from stack.binaries import resolve
from stack.errors import BinaryMissing
from stack.load import load
from stack.references import render_rules
from tests.lab import ROOT, free_ports, until
from tests.stack.services.lab import stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "Watched",
    "binary",
    "folder_for_all",
    "is_ready",
    "port",
    "program",
    "running",
    "unprivileged",
    "watched",
]

SCRAPE = "2s"
"""Long enough for an exporter that waits a second for a database that is down."""

WINDOW, FOR = "8s", "2s"


@dataclass(frozen=True, slots=True)
class Watched:
    """A Prometheus that watches something with one rule file."""

    url: str

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """Evaluate an instant query."""
        answer = requests.get(f"{self.url}/api/v1/query", params={"query": expression}, timeout=5).json()
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def firing(self) -> set[str]:
        """Name the alerts that fire."""
        return {sample["metric"]["alertname"] for sample in self.ask('ALERTS{alertstate="firing"}')}

    def is_full(self, metric: str) -> bool:
        """Wait until every window over a metric is filled."""
        return bool(until(lambda: self.ask(f"count_over_time({metric}[{WINDOW}]) >= 4"), 30.0))

    def fires(self, alert: str) -> bool:
        """Wait until an alert fires."""
        return bool(until(lambda: alert in self.firing(), 30.0))


def port() -> int:
    """Give a free port."""
    return next(free_ports())


def program(name: str, package: str, *folders: Path) -> Path:
    """Find a program of the machine, or skip."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", os.defpath), *map(str, folders)]))
    if found is None:
        pytest.skip(f"{name} is not installed; on Debian: apt-get install {package}")
    return Path(found)


@contextmanager
def folder_for_all() -> Iterator[Path]:
    """Give a folder that a server without our rights can use as well."""
    with tempfile.TemporaryDirectory(prefix="monitoring-rules-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o777)
        yield Path(name)


def unprivileged() -> str | None:
    """Name a user for what refuses to run as root; none where we are none."""
    return "nobody" if os.getuid() == 0 else None


@contextmanager
def running(
    *words: str | Path, folder: Path, env: Mapping[str, str] | None = None, user: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in a folder until the block ends."""
    with (folder / f"{Path(words[0]).name}.log").open("ab") as log:
        child = subprocess.Popen(
            [str(word) for word in words],
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            user=user,
        )
    with child:
        try:
            yield child
        finally:
            child.terminate()


@contextmanager
def watched(
    service: str, folder: Path, exporters: Mapping[str, Mapping[str, str]], *flags: str, **values: float
) -> Iterator[Watched]:
    """Run exporters of a service just as it says, and a Prometheus with its rule file.

    Args:
        service: the service, also the stem of its rule file.
        folder: where they may write.
        exporters: for each one the values of the secrets that it reads, by name.
        flags: more flags of the exporters.
        values: thresholds other than the shipped ones.
    """
    ports = {name: port() for name in exporters}
    with ExitStack() as stopping:
        for name, secrets in exporters.items():
            started = _exporter(service, folder / name, secrets, ports[name], list(flags))
            stopping.enter_context(started)
        yield Watched(stopping.enter_context(_prometheus(service, folder, list(ports.values()), values)))


@contextmanager
def _exporter(
    service: str, root: Path, secrets: Mapping[str, str], listen: int, flags: list[str]
) -> Iterator[None]:
    (root / "secrets").mkdir(parents=True)
    for name, value in secrets.items():
        (root / "secrets" / name).write_text(value)
    made = stack(services={service: True}, ports={service: listen}, flags={service: flags})
    described = made.services[service].process(made)
    words = (word.replace("{root}", str(root)) for word in described.argv[1:])
    env = {name: word.replace("{root}", str(root)) for name, word in described.env.items()}
    with running(binary(service), *words, folder=root, env=env):
        yield


@contextmanager
def _prometheus(service: str, folder: Path, ports: list[int], values: Mapping[str, float]) -> Iterator[str]:
    targets = [f"127.0.0.1:{number}" for number in ports]
    job = {"job_name": service, "static_configs": [{"targets": targets, "labels": {"env": "lab"}}]}
    intervals = {"scrape_interval": SCRAPE, "scrape_timeout": SCRAPE, "evaluation_interval": "1s"}
    document = {"global": intervals, "rule_files": ["rules.yml"], "scrape_configs": [job]}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(document))
    (folder / "rules.yml").write_text(yaml.safe_dump(_scaled(service, values)))
    address = f"127.0.0.1:{port()}"
    flags = ("--config.file=prometheus.yml", f"--web.listen-address={address}", "--storage.tsdb.path=tsdb")
    with running(binary("prometheus"), *flags, folder=folder):
        assert until(lambda: is_ready(f"http://{address}"))
        yield f"http://{address}"


def is_ready(url: str) -> bool:
    """Say whether a Prometheus is."""
    try:
        return requests.get(f"{url}/-/ready", timeout=1).ok
    except requests.RequestException:
        return False


def _scaled(service: str, values: Mapping[str, float]) -> dict[str, Any]:
    overrides = [f"values.{name}={value}" for name, value in values.items()]
    environment = load("local", overrides=overrides).environment
    document: dict[str, Any] = yaml.safe_load(render_rules(ROOT / "rules" / f"{service}.yml", environment))
    for rule in (rule for group in document["groups"] for rule in group["rules"]):
        rule["expr"] = re.sub(r"\[\d+[mh]\]", f"[{WINDOW}]", rule["expr"])
        if "for" in rule:
            rule["for"] = FOR
    return document


def binary(service: str) -> Path:
    """Give the program of a service, or skip."""
    wanted = services()[service].program
    assert wanted is not None
    cache, quiet = ROOT / "var" / "cache", lambda *_: None
    try:
        found = resolve([wanted], load("local").environment, cache, tell=quiet, progress=quiet)
    except BinaryMissing as error:
        pytest.skip(str(error))
    return found[wanted.name].executables[wanted.executables[0]]
