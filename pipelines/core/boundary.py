"""The one error boundary: expected bad news becomes a line and an exit code, a bug keeps its traceback."""

from __future__ import annotations

import errno
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stack.errors import EnvironmentInvalid, Refused, StackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipelines.core.console import Console
    from pipelines.core.effects import Effects
    from pipelines.core.options import Options

__all__ = ["INTERRUPTED", "guarded"]

INTERRUPTED = 130
"""What a shell expects of a program that Ctrl-C has ended: 128 and the signal's number."""

MACHINE = {
    errno.EACCES,
    errno.EDQUOT,
    errno.EISDIR,
    errno.ENOSPC,
    errno.ENOTDIR,
    errno.EPERM,
    errno.EROFS,
}
"""What the machine refuses, whatever we do: no bug of ours."""


def guarded(
    task: str,
    options: Options,
    work: Callable[[Effects], int],
    *,
    keeps: bool,
    outcome: Callable[[Effects, int], None] | None,
) -> int:
    """Run a task to its end, whatever that is, and give its exit code.

    Args:
        task: its full name.
        options: what it was told.
        work: does it, and gives the exit code.
        keeps: whether the journal keeps the run.
        outcome: exports how it ended.
    """
    from pipelines.core.console import Console  # not for `--list`
    from pipelines.core.effects import build  # the same

    console = Console(json=options.json)
    try:
        options.refuse_odd_names()
    except StackError as error:
        return _told(error, console)[0]
    with _as_interrupted():
        return _run(work, build(options, task, console, keeps=keeps), outcome)


@contextmanager
def _as_interrupted() -> Iterator[None]:
    """Let a run that is told to end undo what it is about to do, as at Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(
    work: Callable[[Effects], int], effects: Effects, outcome: Callable[[Effects, int], None] | None
) -> int:
    code, line = 1, "a bug of ours"
    try:
        code, line = work(effects), ""
    except StackError as error:
        code, line = _told(error, effects.console)
    except OSError as error:
        if error.errno not in MACHINE:
            raise
        code, line = _told(Refused(message=_without_traceback(error)), effects.console)
    except KeyboardInterrupt:
        code, line = INTERRUPTED, "interrupted"
        effects.console.end("interrupted; run it again and it goes on from what is live", good=False)
    finally:
        effects.closing.close()
        effects.journal.close(code, line)
        if outcome:
            outcome(effects, code)
        effects.console.answer({"task": effects.journal.task, "exit_code": code, "error": line})
    return code


def _without_traceback(error: OSError) -> str:
    return f"{error.strerror}" + (f": {error.filename}" if error.filename else "")


def _told(error: StackError, console: Console) -> tuple[int, str]:
    """Print an error's line, and before it the problems that no stage has shown yet; give code and line."""
    report = getattr(error, "report", None)
    if report is not None and isinstance(error, EnvironmentInvalid):
        console.report(report)
    console.result(
        {
            "error": str(error),
            "hint": error.advice,
            "exit_code": error.exit_code,
            "problems": report.serialise() if report is not None else [],
        }
    )
    line = f"{error}" + (f"; {error.advice}" if error.advice else "")
    console.end(line, good=False)
    return error.exit_code, line
