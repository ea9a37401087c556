"""What became of made-up alerts, receiver by receiver, by Alertmanager's own counters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.clients.alertmanager import Told
from stack.documents import mappings
from stack.moment import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stack.alerting.reaching import Letter

__all__ = ["Counts", "Reception", "alerts", "integrations", "receptions"]

Counts = dict[tuple[str, str], Told]
"""What was told, by receiver and kind of integration."""


@dataclass(frozen=True, slots=True)
class Reception:
    """What became of a made-up alert at one receiver.

    Args:
        receiver: its name.
        kinds: how often it has each kind of integration: `{"slack": 1}`.
        labels: the alert's.
        after: seconds until every integration had accepted it; None where that did not happen.
        said: what happened instead.
    """

    receiver: str
    kinds: Mapping[str, int]
    labels: Mapping[str, str]
    after: float | None
    said: str = ""


def alerts(posted: Sequence[Letter], start: float, end: float) -> Iterator[dict[str, Any]]:
    """Yield made-up alerts as Alertmanager takes them; one whose end is past is over."""
    for number, letter in enumerate(posted, start=1):
        summary = f"[DRILL] A fire drill in {letter.labels.get('env', 'no environment')}: nothing is wrong"
        yield {
            # Without a service of its own, one of them might inhibit another.
            "labels": {"service": f"drill-{number}", **letter.labels},
            "annotations": {
                "summary": summary,
                "description": "Somebody tries whether notifications arrive. There is nothing to do.",
            },
            "startsAt": moment(start),
            "endsAt": moment(end),
        }


def integrations(configuration: Mapping[str, Any], receiver: str) -> dict[str, int]:
    """Count the integrations of a receiver by kind, as Alertmanager's counters name them."""
    bodies = [body for _, body in mappings(configuration.get("receivers")) if body.get("name") == receiver]
    return {
        key.removesuffix("_configs"): len(entries)
        for body in bodies
        for key, entries in body.items()
        if key.endswith("_configs") and entries
    }


def receptions(
    configuration: Mapping[str, Any], posted: Sequence[Letter], before: Counts, now: Counts, passed: float
) -> tuple[Reception, ...]:
    """Say what became of made-up alerts, by what was counted before them and what is counted now.

    A notification is counted when it begins: only as many accepted requests say that it was delivered.

    Args:
        configuration: Alertmanager's.
        posted: the alerts' labels, and whom they reach.
        before: the counters before them.
        now: the counters now.
        passed: seconds since the alerts were posted.
    """
    first = {name: letter for letter in reversed(posted) for name in letter.receivers}
    found = []
    for receiver, letter in sorted(first.items()):
        kinds = integrations(configuration, receiver)
        said = "tells nobody: it has no integration"
        for kind, number in kinds.items():
            said = _said(kind, number, *(counts.get((receiver, kind), Told()) for counts in (before, now)))
            if said:
                break
        found.append(Reception(receiver, kinds, letter.labels, None if said else passed, said))
    return tuple(found)


def _said(kind: str, number: int, before: Told, now: Told) -> str:
    """Say what is missing until every integration of a kind was told; empty where nothing is."""
    if now.failed > before.failed:
        return f"{kind} was given up"
    if now.accepted - before.accepted >= number:
        return ""
    refused = now.refused - before.refused
    return f"{kind} refused {refused} time(s), and is tried again" if refused else f"{kind} is not told yet"
