"""The simulated command center's pages: its metrics, unless they are down, and the switches of its faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.exporters._messages import Answer, Request, Route, document, text
from stack.exporters._program import common_routes
from stack.exporters.command_center.faults import Faults
from stack.exporters.command_center.metrics import CommandCenterCollector

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["routes"]

FAULT = r"/faults/(?P<kind>[^/]+)"


def routes(env: str, elapsed: Callable[[], float]) -> tuple[Route, ...]:
    """Give the pages of a fleet without a fault; `elapsed` gives the seconds since the start."""
    faults = Faults(elapsed)
    metrics, *others = common_routes(CommandCenterCollector(env, elapsed, faults))

    def page(request: Request) -> Answer:
        if faults.active("down"):
            return text("the fault 'down' is on", 503)
        return metrics.answer(request)

    return (Route("GET", metrics.pattern, page), *others, *_switches(faults))


def _switches(faults: Faults) -> tuple[Route, ...]:
    def show(request: Request) -> Answer:
        del request
        return document(faults.listing())

    def switch_on(request: Request) -> Answer:
        faults.on(request.parts["kind"], request.query.get("service"))
        return show(request)

    def switch_off(request: Request) -> Answer:
        faults.off(request.parts["kind"], request.query.get("service"))
        return show(request)

    def clear(request: Request) -> Answer:
        faults.clear()
        return show(request)

    return (
        Route("GET", "/faults", show),
        Route("DELETE", "/faults", clear),
        Route("PUT", FAULT, switch_on),
        Route("DELETE", FAULT, switch_off),
    )
