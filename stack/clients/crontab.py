"""cron: lines of ours in a user's crontab, between two comments, and every other line as it is.

Source: https://man7.org/linux/man-pages/man5/crontab.5.html
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from stack.clients.command import exchange
from stack.cron import Moments
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stack.clients.job import Job

__all__ = ["block", "entry", "is_here", "read", "refuse_odd_time", "with_block", "without_block", "write"]

NONE_YET = "no crontab for"
"""How cron says that a user has none; it is no error to us."""

LINE = re.compile(rb"[^\n]*\n|[^\n]+")
"""Bytes' own splitlines takes a carriage return for an end; cron does not."""


def is_here() -> bool:
    """Say whether this machine has cron."""
    return shutil.which("crontab") is not None


def read() -> bytes:
    """Give the user's crontab, empty where there is none.

    Raises:
        CommandFailed: it may not be read.
    """
    done, text = exchange(["crontab", "-l"])
    if done.code and NONE_YET in done.stderr:
        return b""
    done.checked()
    return text


def write(text: bytes) -> None:
    """Replace the user's crontab; an empty one is taken away, so that there is none as before.

    Raises:
        CommandFailed: cron refused it.
    """
    words, given = (["crontab", "-"], text) if text else (["crontab", "-r"], b"")
    exchange(words, given)[0].checked()


def with_block(text: bytes, mark: str, lines: Sequence[str]) -> bytes:
    """Put lines into a crontab: in place of those of the same mark, else before all others.

    They come first since a variable that stands in a crontab holds for what is below it.
    """
    ours = "".join(f"{line}\n" for line in (_begin(mark), *lines, _end(mark))).encode()
    found = _place(text, mark)
    if found is None:
        return ours + text
    return text[: found[0]] + ours + text[found[1] :]


def without_block(text: bytes, mark: str) -> bytes:
    """Take the lines of a mark out of a crontab, and nothing else."""
    found = _place(text, mark)
    return text if found is None else text[: found[0]] + text[found[1] :]


def block(text: bytes, mark: str) -> tuple[str, ...]:
    """Give the lines of a mark, without the two comments; none where there is no such mark."""
    found = _place(text, mark)
    if found is None:
        return ()
    return tuple(text[slice(*found)].decode(errors="replace").split("\n")[1:-2])


def entry(job: Job) -> str:
    """Write a job as a line of a crontab.

    Raises:
        Refused: a part of it holds a line break, for which such a line has no way.
    """
    if "\n" in job.line:
        raise Refused(message="a crontab can hold no path with a line break", hint="use another folder")
    return f"{job.at} {job.line}".replace("%", "\\%")  # cron ends a command at a bare one


def refuse_odd_time(at: str) -> None:
    """Refuse what are not the five fields of cron, in numbers.

    Raises:
        Refused: with the field that is odd.
    """
    try:
        Moments.read(at)
    except ValueError as error:
        hint = "give minute, hour, day, month and weekday, as in `17 2 * * *`"
        raise Refused(message=str(error), hint=hint) from error


def _begin(mark: str) -> str:
    return f"# begin {mark}"


def _end(mark: str) -> str:
    return f"# end {mark}"


def _place(text: bytes, mark: str) -> tuple[int, int] | None:
    """Give where the lines of a mark begin and end: from the last beginning before the first end."""
    begin, end = f"{_begin(mark)}\n".encode(), f"{_end(mark)}\n".encode()
    at, start = 0, None
    for line in LINE.findall(text):
        if line == begin:
            start = at
        at += len(line)
        if line == end and start is not None:
            return start, at
    return None
