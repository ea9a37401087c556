"""Stop everything and remove it; asks first."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pipelines.core.lock import hold
from pipelines.core.options import Option
from stack.errors import Refused

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (
    Option("yes", "do not ask", default=False),
    Option("keep_data", "keep the metrics, the other state and the secrets", default=False),
)


def run(effects: Effects) -> int:
    """Ask, stop, remove."""
    name, keep = effects.options.environment, effects.options.flag("keep_data")
    what = f"every release of {name}" + ("" if keep else ", its metrics, its other state and its secrets")
    if not effects.options.flag("yes") and not _agreed(what, effects):
        raise Refused(message=f"nothing was removed: {name} stays as it is")
    hold(effects)
    with effects.console.stage("destroy"):
        effects.runtime.destroy(keep_data=keep)
    effects.console.end(f"removed {what}" + ("; its data is kept" if keep else ""))
    return 0


def _agreed(what: str, effects: Effects) -> bool:
    if effects.options.json or not sys.stdin.isatty():
        raise Refused(
            message="there is no terminal to ask on", hint="say --yes to destroy without a question"
        )
    effects.console.say(f"Remove {what}? Type yes:")
    return sys.stdin.readline().strip() == "yes"
