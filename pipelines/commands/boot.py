"""Start the stack with the machine: enable, disable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.options import Option
from stack.clients import systemd
from stack.clients.systemd_units import at_boot
from stack.errors import NothingKept, Refused

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("action", "enable or disable", positional=True),)


def run(effects: Effects) -> int:
    """Install or remove a systemd unit: the system's as root, else the user's own."""
    action, name = effects.options.text("action"), effects.options.environment
    unit = at_boot(f"monitoring-{name}", effects.folder / "supervisor", f"Monitoring stack, {name}")
    if action == "enable":
        if effects.runtime.live().release is None:
            raise NothingKept(message=f"nothing is deployed in {name}", hint="run `invoke deploy` first")
        _refuse_without_systemd()
        systemd.enable(unit)
        effects.console.end(f"the machine starts {name} from now on, by {unit.path}")
    elif action == "disable":
        _refuse_without_systemd()
        systemd.disable(unit)
        effects.console.end(f"the machine no longer starts {name}")
    else:
        raise Refused(message=f"boot takes `enable` or `disable`, not '{action}'")
    return 0


def _refuse_without_systemd() -> None:
    if not systemd.is_here():
        hint = "let its own init run `invoke start` at boot"
        raise Refused(message="systemd does not run this machine", hint=hint)
