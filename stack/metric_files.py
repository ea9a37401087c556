"""Finds contracts: `stack/metrics/<service>.yaml`, of the repository and of its sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["metric_files"]


def metric_files(folders: Sequence[Path]) -> dict[str, tuple[Path, ...]]:
    """Give the files of each contract by their stem; a site may add to what is shipped.

    Args:
        folders: the repository, then the sites.
    """
    found: dict[str, tuple[Path, ...]] = {}
    for folder in folders:
        for path in sorted((folder / "stack" / "metrics").glob("*.yaml")):
            found[path.stem] = (*found.get(path.stem, ()), path)
    return found
