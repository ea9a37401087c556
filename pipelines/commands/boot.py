"""Start the stack with the machine: enable, disable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.options import Option
from stack.clients import systemd
from stack.errors import NothingKept, Refused

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("action", "enable or disable", positional=True),)


def run(effects: Effects) -> int:
    """Install or remove a systemd unit: the system's as root, else the user's own."""
    action, name = effects.options.text("action"), effects.options.environment
    unit = systemd.Unit(f"monitoring-{name}", effects.folder / "supervisor", f"Monitoring stack, {name}")
    if action == "enable":
        if effects.runtime.live().release is None:
            raise NothingKept(message=f"nothing is deployed in {name}", hint="run `invoke deploy` first")
        path = systemd.enable(unit)
        effects.console.end(f"the machine starts {name} from now on, by {path}")
    elif action == "disable":
        systemd.disable(unit)
        effects.console.end(f"the machine no longer starts {name}")
    else:
        raise Refused(message=f"boot takes `enable` or `disable`, not '{action}'")
    return 0
