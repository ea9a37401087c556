"""A stack of its own for one test: a temporary root, free ports, a site to write into, and a clean end."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import requests

from stack.assemble import ports, services
from stack.clients.ports import is_free
from stack.discover import stems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["EVERY", "PLAIN", "ROOT", "Lab", "Said", "free_ports", "until"]

ROOT = Path(__file__).parents[1]
EVERY = stems("dashboards")
PLAIN = {"services": ["grafana"], "dashboards": EVERY}
"""What is switched off: a scenario on something else need not wait until every dashboard shows data."""
INVOKE = (sys.executable, "-m", "invoke")


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and all that it printed."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line of what a person sees."""
        return (self.out + self.err).strip().splitlines()[-1]

    def ok(self) -> Said:
        """Give itself back where it ended well."""
        assert self.code == 0, self.out + self.err
        return self


@dataclass
class Lab:
    """One environment named `local` on free ports, below a folder of its own."""

    folder: Path
    ports: dict[str, int] = field(default_factory=dict)

    @property
    def var(self) -> Path:
        """The folder of everything that is produced."""
        return self.folder / "var"

    @property
    def root(self) -> Path:
        """The environment's folder."""
        return self.var / "local"

    @property
    def site(self) -> Path:
        """The overlay folder."""
        return self.folder / "site"

    def build(self) -> Lab:
        """Lay out the folders, the ports, and a cache shared with every other test."""
        self.ports = dict(zip(sorted(ports(services())), free_ports(), strict=False))
        (self.site / "rules" / "tests").mkdir(parents=True)
        (self.var).mkdir()
        (ROOT / "var" / "cache").mkdir(parents=True, exist_ok=True)
        (self.var / "cache").symlink_to(ROOT / "var" / "cache")
        self.environment()
        return self

    def environment(self, **sections: Any) -> None:
        """Write the site's environment file: the shipped one, on this lab's ports, with these sections."""
        document = {
            "extends": "local",
            "ports": self.ports,
            "scrape_interval": "1s",
            "scrape_timeout": "1s",
            "evaluation_interval": "1s",
            "disable": PLAIN,
            **sections,
        }
        path = self.site / "stack" / "environments" / "local.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))

    def rule(self, name: str, expression: str, **more: Any) -> None:
        """Write a rule file of the site with one alert, and its test."""
        annotations = {"summary": "a", "description": "b", "runbook_url": "docs/runbooks/Watchdog.md"}
        rule = {"alert": name, "expr": expression, "labels": {"severity": "info"}, "annotations": annotations}
        document = {"groups": [{"name": name, "rules": [rule | more]}]}
        (self.site / "rules" / f"{name}.yml").write_text(json.dumps(document))

    def told(self, *receivers: str) -> None:
        """Write routing tests in place of the shipped ones: these receivers are told of a page."""
        labels = {"alertname": "Watchdog", "severity": "none", "env": "local", "release": "${{ release }}"}
        case = {"name": "the beat", "labels": labels, "receivers": ["watchdog"]}
        page = {"alertname": "NodeDiskLow", "severity": "page", "env": "local"}
        other = {"name": "the rest", "labels": page, "receivers": list(receivers)}
        path = self.site / "rules" / "tests" / "routing" / "local.yml"
        path.parent.mkdir()
        path.write_text(json.dumps({"routes": [case, other]}))

    def command(self, *words: str) -> list[str]:
        """Give the argv of a task."""
        return [*INVOKE, *words]

    def variables(self, **more: str) -> dict[str, str]:
        """Give the variables of a task."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MONITORING_")}
        return {**clean, "MONITORING_VAR": str(self.var), "MONITORING_SITE": str(self.site), **more}

    def invoke(self, *words: str, timeout: float = 150.0, **variables: str) -> Said:
        """Run a task to its end."""
        done = subprocess.run(
            self.command(*words),
            cwd=ROOT,
            env=self.variables(**variables),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def document(self, *words: str) -> Any:
        """Run a task to its end, which must be a good one, and give its JSON."""
        return json.loads(self.invoke(*words, "--json").ok().out)

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """Start a task and give it as it runs."""
        return subprocess.Popen(
            self.command(*words),
            cwd=ROOT,
            env=self.variables(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            stdin=subprocess.DEVNULL,
        )

    def get(self, service: str, path: str) -> requests.Response:
        """GET a page of a service."""
        return requests.get(f"http://127.0.0.1:{self.ports[service]}{path}", timeout=5)

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Ask Prometheus."""
        answer = requests.get(
            f"http://127.0.0.1:{self.ports['prometheus']}/api/v1/query",
            params={"query": expression},
            timeout=5,
        ).json()
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def live(self) -> str:
        """Name the release behind the link."""
        return (self.root / "current").readlink().name

    def state(self) -> dict[str, Any]:
        """Give the runtime's own note."""
        found: dict[str, Any] = json.loads((self.root / "state.json").read_text())
        return found

    def processes(self) -> list[psutil.Process]:
        """List every process that belongs to this lab."""
        return [process for process in psutil.process_iter() if self._mine(process)]

    def pid(self, service: str) -> int:
        """Give the process that listens on a service's port."""
        links = psutil.net_connections("inet")
        port = self.ports[service]
        return next(
            link.pid
            for link in links
            if link.status == psutil.CONN_LISTEN and link.laddr and link.laddr.port == port and link.pid
        )

    def supervisor(self) -> int:
        """Give the supervisor's pid."""
        return int((self.root / "supervisor" / "supervisord.pid").read_text())

    def end(self) -> None:
        """Stop everything, and fail where a process stays."""
        said = self.invoke("destroy", "--yes")
        left = [] if until(lambda: not self.processes(), 10.0) else self.processes()
        names = [" ".join(process.cmdline()) for process in left]
        for process in left:
            process.send_signal(signal.SIGKILL)
        assert names == [], said.out + said.err

    def _mine(self, process: psutil.Process) -> bool:
        try:
            words = " ".join([*process.cmdline(), process.cwd()])
            return process.status() != psutil.STATUS_ZOMBIE and str(self.root) in words
        except psutil.Error:
            return False


def free_ports() -> Iterator[int]:
    """Give ports that were free a moment ago, in a range that test processes hardly share."""
    return filter(is_free, _candidates)


# Below the ephemeral range; each process begins elsewhere, and none asks for a port of its own again soon.
_candidates = (12_000 + (os.getpid() * 97 + step) % 20_000 for step in itertools.count())


def until(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Ask until the answer is true, and give it; false after so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    return False


@contextmanager
def lab(folder: Path) -> Iterator[Lab]:
    """Give a lab, and end it."""
    made = Lab(folder).build()
    try:
        yield made
    finally:
        made.end()
