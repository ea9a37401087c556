"""The real Alertmanager with the configuration that an environment renders, its endpoints on this machine."""

from __future__ import annotations

import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import requests

from stack.assemble import assemble
from stack.binaries import resolve
from stack.load import load
from stack.rendering import render_tree
from tests.lab import ROOT, free_ports, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from stack.environment import Environment

__all__ = ["Alertmanager", "alertmanager"]


@dataclass(frozen=True)
class Alertmanager:
    """One that runs."""

    url: str

    def fire(self, name: str, labels: Mapping[str, str], *, over: bool = False) -> None:
        """Let an alert fire, or end."""
        annotations = {
            "summary": f"{name} of {labels.get('service', 'it')} <all> & more",
            "description": "Impact: it is slow.\nAction: look.",
            "runbook_url": f"https://runbooks.example.com/{name}",
        }
        alert: dict[str, Any] = {"labels": {"alertname": name, **labels}, "annotations": annotations}
        if over:
            alert["endsAt"] = datetime.now(UTC).isoformat()
        requests.post(f"{self.url}/api/v2/alerts", json=[alert], timeout=5).raise_for_status()

    def count(self, metric: str, **labels: str) -> float:
        """Add up a metric over the series that have these labels."""
        lines = requests.get(f"{self.url}/metrics", timeout=5).text.splitlines()
        wanted = [f'{name}="{value}"' for name, value in labels.items()]
        found = [line for line in lines if re.match(rf"{metric}[{{ ]", line)]
        found = [line for line in found if all(label in line for label in wanted)]
        return sum(float(line.rpartition(" ")[2]) for line in found)


@contextmanager
def alertmanager(folder: Path, overrides: list[str], secrets: Mapping[str, str]) -> Iterator[Alertmanager]:
    """Run it in an environment's folder, as the native runtime lays it out."""
    environment = load("prod", overrides=overrides).environment
    _, tree = render_tree(assemble(environment, root=ROOT), {})
    tree.below("alertmanager").write(folder / "current")
    for place in ("secrets", "work/alertmanager"):
        (folder / place).mkdir(parents=True)
    for name, value in secrets.items():
        (folder / "secrets" / name).write_text(value + "\n")
    port = next(free_ports())
    with _process(environment, folder, port) as process:
        made = Alertmanager(f"http://127.0.0.1:{port}")
        assert until(lambda: _is_ready(made.url, process), 20), (folder / "log").read_text()
        yield made


@contextmanager
def _process(environment: Environment, folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    program = assemble(environment, root=ROOT).defined["alertmanager"].program
    assert program
    binary = resolve(
        [program], environment, ROOT / "var" / "cache", tell=lambda _: None, progress=lambda *_: None
    )["alertmanager"]
    for name, target in binary.beside.items():
        (folder / "work" / "alertmanager" / name).symlink_to(target)
    argv = [
        str(binary.executables["alertmanager"]),
        f"--config.file={folder}/current/alertmanager/alertmanager.yml",
        f"--storage.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--enable-feature=receiver-name-in-metrics",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(argv, cwd=folder / "work" / "alertmanager", stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def _is_ready(url: str, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "it has ended"
    try:
        return requests.get(f"{url}/-/ready", timeout=1).ok
    except requests.RequestException:
        return False
