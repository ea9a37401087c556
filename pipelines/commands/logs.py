"""Print a service's log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.options import Option
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

ENDS = 10
"""Lines of each log where none is named."""

OPTIONS = (
    Option("service", "whose log; without it the end of every log", positional=True),
    Option("follow", "go on with what comes, until Ctrl-C", default=False),
    Option("lines", "how many of the last lines to print", default="200"),
)


def run(effects: Effects) -> int:
    """Print the last lines of one log, or the last few of every one."""
    service, lines = effects.options.text("service"), effects.options.number("lines")
    follow = effects.options.flag("follow")
    if follow and (effects.options.json or not service):
        raise Refused(message="--follow goes with the name of one service, and never with --json")
    found = effects.runtime.logs(service, follow=follow, lines=lines) if service else _ends(effects)
    if effects.options.json:
        effects.console.result(list(found))
    else:
        for line in found:
            effects.console.say(line)
    return 0


def _ends(effects: Effects) -> Iterator[str]:
    for service in effects.runtime.logged():
        for line in effects.runtime.logs(service, lines=ENDS):
            yield f"{service}: {line}"
