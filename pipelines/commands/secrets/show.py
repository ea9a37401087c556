"""List the secrets; show one to your own eyes."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from pipelines.core.options import Option
from stack.duration import spoken
from stack.errors import Refused
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from pipelines.commands.secrets._known import Known
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("reveal", "print the value of this one, on a terminal alone"),)

HEADS = ("SECRET", "SOURCE", "STATE", "AGE", "FINGERPRINT", "READ BY")


def run(effects: Effects) -> int:
    """Print a row per secret, or the value of one."""
    from pipelines.commands.secrets._known import known

    found = known(effects)
    if name := effects.options.text("reveal"):
        return _reveal(name, {one.name for one in found}, effects)
    effects.console.result([asdict(one) for one in found])
    effects.console.table(HEADS, [_row(one, time.time()) for one in found])
    rotated = sum(one.state == "rotated" for one in found)
    next_ = f"{rotated} of them rotated; next: invoke deploy" if rotated else "invoke secrets.rotate NAME"
    effects.console.end(f"{len(found)} secret(s) of {effects.options.environment}; {next_}")
    return 0


def _reveal(name: str, names: set[str], effects: Effects) -> int:
    """Print a value where a person reads it: a pipe or a log would keep it."""
    if effects.options.json or not sys.stdout.isatty():
        raise Refused(message="a value is only shown on a terminal", hint="run it there, without --json")
    path = effects.folder / "secrets" / name
    if name not in names:
        raise Refused(message=f"there is no secret '{name}' here", hint=suggestion(name, names))
    if not path.is_file():
        raise Refused(message=f"{name} has no value yet", hint="the first deploy reads it")
    sys.stdout.write(f"{path.read_text()}\n")  # by the console `:key:` would become a picture
    return 0


def _row(one: Known, now: float) -> tuple[str, ...]:
    return (
        one.name,
        one.reference,
        one.state,
        spoken(now - one.changed) if one.changed else "-",
        one.fingerprint or "-",
        ", ".join(one.readers) or "nobody",
    )
