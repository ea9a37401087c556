"""Which alerts keep which others quiet: the inhibitions of a configuration, alert by alert."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.alerting.matchers import accepts, matchers_of
from stack.documents import mappings, strings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Pair", "pairs"]


@dataclass(frozen=True, slots=True)
class Pair:
    """One alert that may keep another quiet.

    Args:
        source: the alert that does.
        target: the alert that is not told while the source fires.
        equal: the labels in which both must agree.
        path: the inhibition that says so: `inhibit_rules.0`.
    """

    source: str
    target: str
    equal: tuple[str, ...]
    path: str


def pairs(configuration: Mapping[str, Any], alerts: Mapping[str, Mapping[str, str]]) -> Iterator[Pair]:
    """Yield every pair of different alerts of which one may inhibit the other.

    Args:
        configuration: Alertmanager's.
        alerts: the labels that are known of each alert, by its name; it may have others.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#inhibition-related-settings
    """
    for index, body in mappings(configuration.get("inhibit_rules")):
        equal = tuple(name for _, name in strings(body.get("equal")))
        for source in _meeting(body, "source_", alerts):
            for target in _meeting(body, "target_", alerts):
                if source != target and _agree(alerts[source], alerts[target], equal):
                    yield Pair(source, target, equal, f"inhibit_rules.{index}")


def _meeting(body: Mapping[str, Any], side: str, alerts: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Name the alerts that may meet one side of an inhibition: an unknown label may have any value."""
    matchers = matchers_of(body, side)
    if not matchers:
        return []
    return [
        name
        for name, labels in alerts.items()
        if all(accepts(one, labels[one.name]) for one in matchers if one.name in labels)
    ]


def _agree(one: Mapping[str, str], other: Mapping[str, str], equal: tuple[str, ...]) -> bool:
    return all(one[name] == other[name] for name in equal if name in one and name in other)
