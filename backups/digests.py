"""Digests of files; a file that is the same as at the last look is not read again."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from backups.manifest import Entry
from stack.emit import to_json
from stack.runtimes.store import digest
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Digests", "files"]


def files(folder: Path) -> list[Path]:
    """Name every file below a folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


class Digests:
    """What is known of files, kept from run to run.

    The blocks of a TSDB never change and are hard-linked into each capture: inode, size and time of change of
    content tell them. A link made anew has another time of change of its own, which is not looked at.

    Args:
        kept: the file in which it is kept; one that cannot be read is as none.
    """

    def __init__(self, kept: Path) -> None:
        self._kept = kept
        self._known: dict[str, str] = _read(kept)
        self._seen: dict[str, str] = {}

    def of(self, folder: Path) -> Mapping[str, Entry]:
        """Give size and digest of every file below a folder, by its path there."""
        found = files(folder)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            entries = pool.map(self._entry, found)
            return {
                path.relative_to(folder).as_posix(): one for path, one in zip(found, entries, strict=True)
            }

    def keep(self) -> None:
        """Keep what was seen, and forget the rest."""
        write_atomically(self._kept, to_json(self._seen))

    def _entry(self, path: Path) -> Entry:
        state = path.stat()
        mark = f"{state.st_dev}:{state.st_ino}:{state.st_size}:{state.st_mtime_ns}"
        known = self._known.get(mark) or digest(path)
        self._seen[mark] = known
        return Entry(state.st_size, known)


def _read(kept: Path) -> dict[str, str]:
    try:
        found = json.loads(kept.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
