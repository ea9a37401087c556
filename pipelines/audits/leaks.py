"""No secret's value stands in a log, nor among the arguments or variables of a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil

from pipelines.core.audit import Audit
from stack.report import Problem
from stack.secrets import telling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.audit import Outside

__all__ = ["AUDIT"]

LINES = 5_000


def _run(outside: Outside) -> Iterator[Problem]:
    known = telling(outside.runtime.folder / "secrets")
    for place, text in _texts(outside):
        for name, value in known.items():
            if value in text:
                hint = "give it to the program as a file, and rotate it"
                yield Problem("leaks", place, f"the value of secret {name} stands there", hint=hint)


def _texts(outside: Outside) -> Iterator[tuple[str, str]]:
    for status in outside.runtime.status(outside.stack):
        yield f"log of {status.service}", "\n".join(outside.runtime.logs(status.service, lines=LINES))
        if status.pid:
            yield from _process(status.service, status.pid)


def _process(service: str, pid: int) -> Iterator[tuple[str, str]]:
    try:
        process = psutil.Process(pid)
        yield f"arguments of {service}", "\0".join(process.cmdline())
        yield f"variables of {service}", "\0".join(process.environ().values())
    except psutil.Error:
        return


AUDIT = Audit(asks="whether a secret stands in a log, an argument or a variable", run=_run)
