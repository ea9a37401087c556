"""A text in the user's own editor: in memory where there is room, for no other eyes, and gone after it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from stack.clients.command import attended

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["edited"]

MEMORY = Path("/dev/shm")  # noqa: S108 # the folder made in it is ours alone
FOLDER = "monitoring-secrets-"


class _Ended(Exception):
    """Somebody ends us while the editor is open."""


def edited(text: str, name: str) -> tuple[str, int]:
    """Let the user edit a text, and give what was saved last, and the editor's exit code.

    Args:
        text: what is edited.
        name: what the file is called, so that the editor knows its kind.

    Raises:
        CommandFailed: there is no such editor.
    """
    with _private() as folder, _ending_in_order():
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        try:
            code = attended([*_editor(), path])
        except _Ended:
            code = 128 + signal.SIGTERM
        return path.read_text(errors="replace") if path.exists() else text, code


def _editor() -> list[str]:
    return shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")


@contextmanager
def _private() -> Iterator[Path]:
    """Make a folder that only its owner may enter; where there is memory for it, it never meets a disk."""
    place = MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    _sweep(place)
    with tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-", dir=place) as name:
        yield Path(name)


def _sweep(place: Path) -> None:
    """Remove what runs of ours have left in plain text that were killed."""
    for folder in place.glob(f"{FOLDER}*"):
        pid = re.match(rf"{FOLDER}(\d+)-", folder.name)
        if pid and folder.lstat().st_uid == os.getuid() and not Path("/proc", pid[1]).exists():
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Let a hang-up or an end from outside be an exception, so that no plain text stays behind."""
    before = {number: signal.signal(number, _end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, frame: object) -> NoReturn:
    del number, frame
    raise _Ended
