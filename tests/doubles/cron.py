"""A `crontab` that keeps what it is given in a file, and says what the real one says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.doubles.programs import put

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["install"]

PROGRAM = """\
#!/bin/sh
case "$1" in
-l) [ -f {file} ] || {{ echo "no crontab for somebody" >&2; exit 1; }}; exec /bin/cat {file} ;;
-r) exec /bin/rm {file} ;;
-) exec /bin/cat > {file} ;;
*) echo "usage error" >&2; exit 1 ;;
esac
"""


def install(folder: Path) -> tuple[Path, Path]:
    """Give the folder to put on PATH, and the file in which the crontab lies."""
    file = folder / "kept"
    put(folder / "cron-bin", "crontab", PROGRAM.format(file=file).encode())
    return folder / "cron-bin", file
