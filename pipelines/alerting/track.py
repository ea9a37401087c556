"""One drill as it goes: what was seen when, from the switch of a fault to the news that it is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.alerting.told import concerns
from stack.moment import unix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipelines.alerting.faults import Fault
    from pipelines.alerting.rhythm import Rhythm

__all__ = ["Drill", "Snapshot", "Track"]


@dataclass(frozen=True, slots=True)
class Drill:
    """What is to be seen.

    Args:
        alert: the alert's name.
        fault: what fires it.
        service: whose fault it is; empty for one of the platform.
        receivers: who must be told, and when over; nobody where the alert must be kept quiet.
        rhythm: the intervals on its way.
        look: how far back its expression looks, in seconds, where that delays it.
        source: the alert that must keep it quiet; empty where it must be told.
        resolving: those of the receivers that are told that it is over.
    """

    alert: str
    fault: Fault
    service: str
    receivers: tuple[str, ...]
    rhythm: Rhythm
    look: float = 0.0
    source: str = ""
    resolving: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name for a person."""
        return f"{self.alert} ({self.service})" if self.service else self.alert

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels that tell its alert from others."""
        service = {"service": self.service} if self.service else {}
        return {"alertname": self.alert, **service, **self.fault.labels}

    @property
    def series(self) -> str:
        """The series that the fault shows on first."""
        return self.fault.shown_on(self.service)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the servers said at one moment.

    Args:
        at: Unix seconds.
        values: the value of each drill's series; None where it has none.
        alerts: Prometheus' alerts.
        groups: Alertmanager's groups.
        notifications: the sink's, the newest last.
    """

    at: float
    values: Mapping[str, float | None]
    alerts: Sequence[Mapping[str, Any]]
    groups: Sequence[Mapping[str, Any]]
    notifications: Sequence[Mapping[str, Any]]


@dataclass(slots=True)
class Track:
    """What was seen of a drill so far; every time is in Unix seconds.

    Args:
        drill: what is to be seen.
        before: the value of its series before the fault.
        on: when the fault was switched on.
        off: when it was switched off.
        seen: when each step was seen: flipped, pending, firing, grouped, inhibited, resolved.
        told: when each receiver was told.
        over: when each receiver was told that it is over.
    """

    drill: Drill
    before: float | None = None
    on: float = 0.0
    off: float | None = None
    seen: dict[str, float] = field(default_factory=dict)
    told: dict[str, float] = field(default_factory=dict)
    over: dict[str, float] = field(default_factory=dict)

    def see(self, snapshot: Snapshot) -> None:
        """Note what is new."""
        if self._moved(snapshot.values.get(self.drill.series)):
            self.seen.setdefault("flipped", snapshot.at)
        mine = [one for one in snapshot.alerts if self._mine(one["labels"])]
        if mine:
            self.seen.setdefault("pending", max(self.on, min(unix(one["activeAt"]) for one in mine)))
        firing = [one for one in mine if one["state"] == "firing"]
        if firing:
            self.seen.setdefault("firing", snapshot.at)
        elif self.off is not None and "firing" in self.seen:
            self.seen.setdefault("resolved", snapshot.at)
        self._see_groups(snapshot)
        self._see_told(snapshot)

    @property
    def delivered(self) -> bool:
        """Whether all that the fault must bring about has happened."""
        if self.drill.source:
            return "inhibited" in self.seen and "firing" in self.seen
        return set(self.drill.receivers) <= self.told.keys()

    @property
    def ended(self) -> bool:
        """Whether all that the end of the fault must bring about has happened."""
        return "resolved" in self.seen and set(self.drill.resolving) <= self.over.keys()

    def waits_for(self) -> str:
        """Say what is to be seen next."""
        wanted = ("flipped", "pending", "firing", "inhibited" if self.drill.source else "grouped")
        missing = [step for step in wanted if step not in self.seen]
        if missing and self.off is None:
            return missing[0]
        if not self.delivered:
            return f"told: {', '.join(name for name in self.drill.receivers if name not in self.told)}"
        if "resolved" not in self.seen:
            return "resolved"
        return f"told the end: {', '.join(name for name in self.drill.resolving if name not in self.over)}"

    def _moved(self, value: float | None) -> bool:
        if value is None or self.before is None:
            return value is not self.before
        return abs(value - self.before) >= self.drill.fault.by

    def _mine(self, labels: Mapping[str, str]) -> bool:
        return labels.items() >= self.drill.labels.items()

    def _see_groups(self, snapshot: Snapshot) -> None:
        for alert in _alerts_of(snapshot.groups):
            started = unix(alert["startsAt"])
            if self.off is None and started >= self.on and self._mine(alert["labels"]):
                # It holds the moment at which Prometheus let it fire: sharper than when it was seen.
                self.seen["firing"] = min(self.seen.get("firing", started), started)
                self.seen.setdefault("grouped", snapshot.at)
                if alert["status"].get("inhibitedBy"):
                    self.seen.setdefault("inhibited", snapshot.at)

    def _see_told(self, snapshot: Snapshot) -> None:
        for one in snapshot.notifications:
            arrived = float(one["arrived"])
            if arrived >= self.on and concerns(one, self.drill.alert, [self.drill.service]):
                if one["status"] == "firing":
                    self.told.setdefault(str(one["receiver"]), arrived)
                elif self.off is not None and arrived >= self.off:
                    self.over.setdefault(str(one["receiver"]), arrived)


def _alerts_of(groups: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for group in groups:
        yield from group["alerts"]
