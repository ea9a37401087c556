"""The real programs as paths, for tests that run one of them by itself."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from stack.assemble import services
from stack.binaries import resolve
from stack.load import load
from tests.programs import CACHE

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["tool"]


def tool(name: str) -> Path:
    """Give the path of a command of Prometheus or Alertmanager."""
    return _tools()[name]


@cache
def _tools() -> dict[str, Path]:
    judges = [services()[name].program for name in ("prometheus", "alertmanager")]
    wanted = [program for program in judges if program]
    found = resolve(wanted, load("local").environment, CACHE, tell=lambda _: None, progress=lambda *_: None)
    return {name: path for binary in found.values() for name, path in binary.executables.items()}
