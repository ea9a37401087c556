"""Where people find a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from stack.service import Stack

__all__ = ["shown_at"]


def shown_at(effects: Effects, stack: Stack, service: str) -> str:
    """Give the address of a service: by the proxy where that is the way in, else its own."""
    from stack.proxy.entrance import BEHIND

    if service == "proxy":
        return stack.entrance
    if stack.entrance and stack.environment.runtime == "compose" and service in {*BEHIND, "grafana"}:
        return f"{stack.entrance}/{service}/"
    return effects.runtime.door(stack, service).base
