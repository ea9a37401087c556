"""The real programs, for tests that run one of them by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import requests

from stack.assemble import services
from stack.binaries import resolve
from stack.load import load
from stack.services.grafana import INI
from tests.lab import free_ports, until
from tests.programs import CACHE

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["real_grafana", "served_grafana", "tool"]


def tool(name: str) -> Path:
    """Give the path of a command of Prometheus or Alertmanager."""
    return _tools()[name]


def real_grafana() -> str:
    """Give the path of a real Grafana, empty where there is none."""
    return os.environ.get("GRAFANA_BIN") or shutil.which("grafana") or ""


@contextmanager
def served_grafana(folder: Path, password: str) -> Iterator[SimpleNamespace]:
    """Run a real Grafana that has nothing yet below a folder, and give its `url`."""
    program, port = Path(real_grafana()).absolute(), next(free_ports())
    (folder / "provisioning").mkdir(parents=True)
    (folder / "grafana.ini").write_text(INI.format(host="127.0.0.1", port=port, outside=""))
    settings = {"PATHS_DATA": "data", "PATHS_LOGS": "data/log", "PATHS_PROVISIONING": "provisioning"}
    variables = {f"GF_{name}": str(folder / path) for name, path in settings.items()}
    words = [str(program), "server", f"--homepath={program.parents[1]}", f"--config={folder / 'grafana.ini'}"]
    environment = {**os.environ, **variables, "GF_SECURITY_ADMIN_PASSWORD": password}
    with (folder / "log").open("w") as log, subprocess.Popen(words, env=environment, stdout=log) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            assert until(lambda: _is_up(url), 60.0), (folder / "log").read_text()
            yield SimpleNamespace(url=url)
        finally:
            process.terminate()


def _is_up(url: str) -> bool:
    try:
        return requests.get(f"{url}/api/health", timeout=2).ok
    except requests.RequestException:
        return False


@cache
def _tools() -> dict[str, Path]:
    judges = [services()[name].program for name in ("prometheus", "alertmanager")]
    wanted = [program for program in judges if program]
    found = resolve(wanted, load("local").environment, CACHE, tell=lambda _: None, progress=lambda *_: None)
    return {name: path for binary in found.values() for name, path in binary.executables.items()}
