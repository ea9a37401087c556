"""The real programs as paths, for tests that run one of them by itself."""

from __future__ import annotations

import os
import shutil
from functools import cache
from typing import TYPE_CHECKING

from stack.assemble import services
from stack.binaries import resolve
from stack.load import load
from tests.programs import CACHE

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["real_grafana", "tool"]


def tool(name: str) -> Path:
    """Give the path of a command of Prometheus or Alertmanager."""
    return _tools()[name]


def real_grafana() -> str:
    """Give the path of a real Grafana, empty where there is none."""
    return os.environ.get("GRAFANA_BIN") or shutil.which("grafana") or ""


@cache
def _tools() -> dict[str, Path]:
    judges = [services()[name].program for name in ("prometheus", "alertmanager")]
    wanted = [program for program in judges if program]
    found = resolve(wanted, load("local").environment, CACHE, tell=lambda _: None, progress=lambda *_: None)
    return {name: path for binary in found.values() for name, path in binary.executables.items()}
