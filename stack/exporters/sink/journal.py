"""The sink's file: one notification a line, appended as they come."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from stack.errors import StackError
from stack.exporters.sink.notification import Notification
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

__all__ = ["LONGEST", "Journal"]

LONGEST = 2000
"""Lines after which the file is written anew with only what the sink still keeps."""


class Journal:
    """A file of notifications; a failure to write is counted and mended by the next write that succeeds."""

    def __init__(self, path: Path) -> None:
        self.failures = 0
        self._path = path
        self._lines = 0
        self._sound = True

    def read(self) -> list[Notification]:
        """Read what the file holds; a line that was cut off by a crash is left out, and later removed.

        Raises:
            StackError: the file cannot be read.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            data = self._path.read_bytes() if self._path.exists() else b""
        except OSError as error:
            raise StackError(message=f"cannot read the store {self._path}: {error.strerror}") from error
        lines = data.splitlines()
        found = [one for line in lines if (one := _parsed(line))]
        self._lines = len(lines)
        self._sound = len(found) == len(lines) and data[-1:] in {b"", b"\n"}
        return found

    def add(self, newest: Notification, kept: Iterable[Notification]) -> None:
        """Append a notification; where that is not enough, write all that is kept, the newest among it."""
        if self._sound and self._lines < LONGEST:
            self._attempt(lambda: self._append(newest))
        else:
            self.replace(kept)

    def replace(self, kept: Iterable[Notification]) -> None:
        """Write the file anew."""
        self._attempt(lambda: self._rewrite(list(kept)))

    def _append(self, newest: Notification) -> None:
        with self._path.open("ab") as file:
            file.write(_line(newest))
        self._lines += 1

    def _rewrite(self, kept: list[Notification]) -> None:
        write_atomically(self._path, b"".join(map(_line, kept)))
        self._lines = len(kept)

    def _attempt(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self.failures += 1
            sys.stderr.write(f"cannot write the store {self._path}: {error.strerror}\n")
            self._sound = False  # an unknown part of a line may be in it
        else:
            self._sound = True


def _line(notification: Notification) -> bytes:
    return json.dumps(notification.serialise()).encode() + b"\n"


def _parsed(line: bytes) -> Notification | None:
    try:
        return Notification.parse(line)
    except ValueError:
        return None
