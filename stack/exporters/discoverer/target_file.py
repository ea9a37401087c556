"""The file in which Prometheus finds the targets: it is whole at any time, whatever happens to its writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.emit import to_json
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["TargetFile"]


class TargetFile:
    """One file of file_sd; partial files that a killed writer left beside it are taken away.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        for partial in path.parent.glob(f".{path.name}.*.partial"):
            partial.unlink(missing_ok=True)

    def write(self, groups: Sequence[Mapping[str, Any]]) -> None:
        """Replace the targets, unless they are these already.

        Raises:
            OSError: the disk is full, or the folder cannot be written; the old targets stay.
        """
        data = to_json(list(groups))
        if self._read() != data:
            write_atomically(self._path, data)

    def _read(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except OSError:
            return None
