"""The values that a secret had before: kept until every service has taken the one that it has now.

Between a new value on disk and the services that use it lies a moment in which a run may be cut off. As
long as a former value is kept here, the secret counts as rotated, so that the next deploy goes on.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from stack.tree import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["forget", "former", "remember"]

FOLDER = ".former"


def former(name: str, folder: Path) -> tuple[str, ...]:
    """Give the values that some service may still use, the oldest first; none where all have taken the last.

    Args:
        name: the secret's name.
        folder: where the secrets of the environment lie.
    """
    try:
        return tuple(json.loads((folder / FOLDER / name).read_bytes()))
    except (OSError, ValueError):
        return ()


def remember(name: str, value: str, folder: Path) -> None:
    """Keep a value that is about to be replaced, behind those that are kept already."""
    (folder / FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
    known = former(name, folder)
    whole = (*known, *(() if value in known else (value,)))
    write_atomically(folder / FOLDER / name, json.dumps(whole).encode(), mode=0o600)


def forget(name: str, folder: Path) -> None:
    """Forget the former values of a secret: whoever reads it has taken the last one."""
    with suppress(FileNotFoundError):
        (folder / FOLDER / name).unlink()
