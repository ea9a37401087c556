"""What the alerts say of a panel's values: from where on they are bad, how bad, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models import dashboard as model

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dashboards._kit import Values

__all__ = [
    "AMBER",
    "GREEN",
    "RED",
    "Limit",
    "is_address",
    "judged",
    "levels",
    "pages",
    "runbooks",
    "told",
    "warns",
]

GREEN, AMBER, RED = "green", "orange", "red"

SOME = 0.001
"""The least that is not nothing. Grafana colours from a value on, an alert on `> 0` fires beyond it."""


@dataclass(frozen=True, slots=True)
class Limit:
    """An alert that a panel is about.

    Args:
        alert: its name.
        color: that of the values for which it fires: red for one that pages, amber for any other.
        runbook: where it is read what to do: an address, or a path in the repository.
        over: the value beyond which it fires.
        under: the value below which it fires.
    """

    alert: str
    color: str
    runbook: str
    over: float | None = None
    under: float | None = None


def pages(values: Values, alert: str, *, over: float | None = None, under: float | None = None) -> Limit:
    """Give the limit of an alert that wakes somebody; without a number, one whose bound is none."""
    return Limit(alert, RED, _runbook(values, alert), over, under)


def warns(values: Values, alert: str, *, over: float | None = None, under: float | None = None) -> Limit:
    """Give the limit of an alert that wakes nobody; without a number, one whose bound is none."""
    return Limit(alert, AMBER, _runbook(values, alert), over, under)


def judged(limits: Sequence[Limit]) -> dashboard.ThresholdsConfig:
    """Colour values as the alerts on them judge them, green where none would fire."""
    return levels(_steps(limits))


def levels(steps: Iterable[tuple[float | None, str]]) -> dashboard.ThresholdsConfig:
    """Colour values from each step on; the first step is None."""
    coloured = [model.Threshold(value=at, color=color) for at, color in steps]
    return dashboard.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(coloured)


def told(limits: Sequence[Limit]) -> str:
    """Name the alerts for a panel's description, each with its runbook where that cannot be clicked on."""
    named = (
        limit.alert if is_address(limit.runbook) else f"{limit.alert} ({limit.runbook})" for limit in limits
    )
    return f" Alert: {', '.join(named)}." if limits else ""


def runbooks(limits: Sequence[Limit]) -> Iterator[dashboard.DashboardLink]:
    """Yield a link to the runbook of each alert, where that has an address."""
    for limit in limits:
        if is_address(limit.runbook):
            link = dashboard.DashboardLink(f"Runbook: {limit.alert}").type(model.DashboardLinkType.LINK)
            yield link.url(limit.runbook).target_blank(target_blank=True)


def is_address(text: str) -> bool:
    """Say whether a browser can open it."""
    return text.startswith(("http://", "https://"))


def _runbook(values: Values, alert: str) -> str:
    return f"{values['runbooks']}/{alert}.md"


def _steps(limits: Sequence[Limit]) -> Iterator[tuple[float | None, str]]:
    """Yield where each colour begins, the lowest values' first."""
    below = sorted((limit.under, limit.color) for limit in limits if limit.under is not None)
    beyond = sorted((limit.over or SOME, limit.color) for limit in limits if limit.over is not None)
    colors = [color for _, color in below] + [GREEN]
    yield None, colors[0]
    yield from zip((at for at, _ in below), colors[1:], strict=True)
    yield from dict(beyond).items()
