"""Which simulated fault fires which alert, and the series on which it shows first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stack.errors import Refused
from stack.suggestion import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FAULTS", "Fault", "fault_of"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the simulated command center, as a drill uses it.

    Args:
        kind: its name there.
        series: what it shows on, as PromQL; `{service}` stands for the service's name.
        by: how far the series moves at least, if it does not vanish.
        of_service: whether it is a service's, or the whole platform's.
        counted: whether it shows only once the command center itself has scraped the service again.
        averaged: whether the alert looks at a mean or a rate, which takes up to its whole range to turn.
        labels: labels that tell its alert from others of the same name.
        alone: whether it disturbs every other drill.
    """

    kind: str
    series: str
    by: float = 1.0
    of_service: bool = True
    counted: bool = False
    averaged: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False

    def shown_on(self, service: str) -> str:
        """Give the series of a service, as PromQL."""
        return self.series.replace("{service}", service)


UP = 'aether_service_up{service="{service}"}'
STALE = 'aether_service_stale{service="{service}"}'
ERRORS = 'aether_verticals_scrape_errors_total{service="{service}"}'
SPENT = 'aether_verticals_scrape_duration_seconds_sum{service="{service}"}'

JOB = "aetherlink-command-center"

FAULTS: Mapping[str, Fault] = {
    "AetherlinkVerticalServiceDown": Fault("outage", UP),
    "AetherlinkVerticalDataStale": Fault("stale", STALE),
    "AetherlinkVerticalScrapeErrors": Fault("errors", ERRORS, counted=True, averaged=True),
    "AetherlinkVerticalScrapeSlow": Fault("slow", SPENT, by=5.0, counted=True, averaged=True),
    "AetherlinkPlatformActivityDrop": Fault(
        "drop", "sum(aether_platform_total_contacts)", by=100.0, of_service=False
    ),
    "AetherlinkMetricsMissing": Fault("down", "count(aether_service_up)", of_service=False, alone=True),
    "TargetDown": Fault("down", f'up{{job="{JOB}"}}', of_service=False, alone=True, labels={"job": JOB}),
}
"""By the alert's name."""


def fault_of(alert: str) -> Fault:
    """Give the fault that fires an alert.

    Raises:
        Refused: no simulated fault does.
    """
    if alert not in FAULTS:
        hint = nearest(alert, FAULTS) or f"there is one for {', '.join(sorted(FAULTS))}"
        message = f"no fault of the simulated command center fires {alert}"
        raise Refused(message=message, hint=f"{hint}; or post a made-up one: --synthetic")
    return FAULTS[alert]
