"""Print a service's log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.options import Option

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (
    Option("service", "whose log; without it the end of every log", positional=True),
    Option("follow", "go on with what comes, until Ctrl-C", default=False),
    Option("lines", "how many of the last lines to print", default="200"),
)


def run(effects: Effects) -> int:
    """Print the last lines of one log, or the last few of every one."""
    service = effects.options.text("service")
    lines = effects.options.number("lines")
    if service:
        for line in effects.runtime.logs(service, follow=effects.options.flag("follow"), lines=lines):
            effects.console.say(line)
        return 0
    for log in sorted((effects.folder / "logs").glob("*.log")):
        for line in effects.runtime.logs(log.stem, lines=10):
            effects.console.say(f"{log.stem}: {line}")
    return 0
