"""What is pending and firing now: Prometheus' alerts, beside what Alertmanager makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pipelines.alerting.told import arrivals
from stack.moment import unix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["Standing", "standings"]

KNOWN = {"alertname", "env", "severity"}
"""Labels with a place of their own."""

STATES = {"firing": 0, "pending": 1}


@dataclass(frozen=True, slots=True)
class Standing:
    """One alert that is pending or fires.

    Args:
        state: `firing` or `pending`.
        labels: all of them, those that Prometheus adds to what it sends among them.
        since: when its condition began to hold; Unix seconds.
        value: the value of its expression, as Prometheus writes it.
        muted: what keeps it quiet: `silence ID`, `inhibited by ALERT`, `time interval`.
        receivers: whom its route leads to.
        told: when each receiver was last told, where the sink takes the notifications.
    """

    state: str
    labels: Mapping[str, str]
    since: float
    value: str = ""
    muted: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    told: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name."""
        return self.labels.get("alertname", "")

    @property
    def others(self) -> str:
        """The labels that have no place of their own, as one text."""
        return " ".join(f"{key}={value}" for key, value in sorted(self.labels.items()) if key not in KNOWN)

    @property
    def order(self) -> tuple[int, str, str, str]:
        """Where it stands in a list: what fires first, then by name."""
        return STATES.get(self.state, 2), self.name, self.labels.get("env", ""), self.others


def standings(
    evaluated: Sequence[Mapping[str, Any]],
    held: Sequence[Mapping[str, Any]],
    notifications: Sequence[Mapping[str, Any]] = (),
) -> tuple[Standing, ...]:
    """Put together what is known of each alert.

    Args:
        evaluated: Prometheus' alerts.
        held: Alertmanager's; one that no alert of this Prometheus has become was posted by something else.
        notifications: the sink's, the newest last.
    """
    left = list(held)
    found = []
    for alert in evaluated:
        mine = next((one for one in left if _same(alert["labels"], one["labels"])), None)
        if mine is not None:
            left.remove(mine)
        found.append(_routed(_evaluated(alert), mine, held))
    found += [_routed(Standing("firing", one["labels"], unix(one["startsAt"])), one, held) for one in left]
    heard = [replace(one, told=_told(one, notifications)) for one in found]
    return tuple(sorted(heard, key=lambda standing: standing.order))


def _same(evaluated: Mapping[str, str], held: Mapping[str, str]) -> bool:
    """Say whether Alertmanager's alert is that of Prometheus, which adds labels to what it sends."""
    return held.items() >= evaluated.items()


def _evaluated(alert: Mapping[str, Any]) -> Standing:
    return Standing(str(alert["state"]), alert["labels"], unix(alert["activeAt"]), str(alert["value"]))


def _routed(
    standing: Standing, mine: Mapping[str, Any] | None, held: Sequence[Mapping[str, Any]]
) -> Standing:
    """Add what Alertmanager says of an alert; of one that is pending it knows nothing."""
    if mine is None:
        return standing
    return replace(
        standing,
        labels={**mine["labels"], **standing.labels},
        muted=tuple(_muted(mine, held)),
        receivers=tuple(str(one["name"]) for one in mine["receivers"]),
    )


def _told(standing: Standing, notifications: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Give when each of its receivers was told last: of this very alert, as far as its words show."""
    words = [standing.labels[key] for key in ("service", "instance") if key in standing.labels]
    told = arrivals(notifications, standing.name, words) or arrivals(notifications, standing.name)
    return {receiver: told[receiver] for receiver in standing.receivers if receiver in told}


def _muted(mine: Mapping[str, Any], held: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    status = mine["status"]
    names = {one["fingerprint"]: one["labels"].get("alertname", "?") for one in held}
    yield from (f"silence {silence}" for silence in status.get("silencedBy") or ())
    yield from (f"inhibited by {names.get(one, one)}" for one in status.get("inhibitedBy") or ())
    yield from (f"time interval {interval}" for interval in status.get("mutedBy") or ())
