"""The real programs that tests run: on PATH, or where a deploy has unpacked them before."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from stack.programs import aliases

__all__ = ["tool", "tools"]

CACHE = Path(__file__).parents[1] / "var" / "cache"


def tool(name: str) -> Path | None:
    """Find a program."""
    on_path = next((found for alias in aliases(name) if (found := shutil.which(alias))), None)
    kept = [path for alias in aliases(name) for path in sorted(CACHE.glob(f"[!.]*/**/{alias}"))]
    return Path(on_path) if on_path else next(filter(_is_program, kept), None)


def _is_program(path: Path) -> bool:
    return os.access(path, os.X_OK) and path.is_file() and path.parent.name != "init.d"


def tools(*names: str) -> dict[str, Path]:
    """Find programs, and skip the test where one of them is missing."""
    found = {name: tool(name) for name in names}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not found on PATH or in var/cache")
    return {name: path for name, path in found.items() if path}
