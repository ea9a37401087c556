"""Files in one `.tar.gz`: the same bytes for the same files, whoever packs them and when."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["bundled"]


def bundled(files: Mapping[str, bytes]) -> bytes:
    """Pack files by their paths, sorted, each of 1970 and of nobody."""
    packed = io.BytesIO()
    # A name and a time of its own would stand in the head of what gzip writes.
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path in sorted(files):
            entry = tarfile.TarInfo(path)
            entry.size = len(files[path])
            archive.addfile(entry, io.BytesIO(files[path]))
    return packed.getvalue()
