"""What each alert of a rendered tree is made of, so that two trees can be compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.alerting.rhythm import subject
from pipelines.core.check import PROMETHEUS
from stack.documents import dig, mapping
from stack.duration import seconds
from stack.promql.inline import Recorded, recorded_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.core.check import Inspection
    from pipelines.core.rules import Group, Rule

__all__ = ["Definition", "changed", "definitions", "recordings"]


@dataclass(frozen=True, slots=True)
class Definition:
    """An alerting rule, as far as it decides when the alert fires and as what.

    Args:
        name: the alert's name.
        subject: its rule file's: `node`.
        expression: its PromQL.
        wait: its `for`, in seconds.
        keep: its `keep_firing_for`, in seconds.
        labels: the labels that it sets.
        interval: seconds between two evaluations.
        rests_on: the recorded series that it reads, with their rules.
    """

    name: str
    subject: str
    expression: str
    wait: float
    keep: float
    labels: Mapping[str, Any]
    interval: float
    rests_on: Mapping[str, Recorded]


Key = tuple[str, int]
"""An alert's name, and which of several of that name it is."""


def definitions(inspection: Inspection, release: str = "") -> dict[Key, Definition]:
    """Give the definition of every alert that is loaded.

    Args:
        inspection: a rendered tree.
        release: its id, which is another one each time, and makes no other alert where a label holds it.
    """
    known, seen = recordings(inspection), Counter[str]()
    found: dict[Key, Definition] = {}
    for group in inspection.groups:
        for rule in group.rules:
            if rule.kind == "alert":
                found[rule.name, seen[rule.name]] = _definition(group, rule, known, inspection, release)
                seen[rule.name] += 1
    return found


def recordings(inspection: Inspection) -> dict[str, Recorded]:
    """Give every recording rule by the name of its series; of several, the first."""
    found: dict[str, Recorded] = {}
    for group in inspection.groups:
        interval = _interval(group, inspection)
        for rule in group.rules:
            if rule.kind == "record":
                labels = {str(key): str(value) for key, value in rule.labels.items()}
                found.setdefault(rule.name, Recorded(rule.expression, labels, interval))
    return found


def changed(now: Mapping[Key, Definition], before: Mapping[Key, Definition]) -> tuple[Key, ...]:
    """Name the alerts whose definition is another one than before, and the new ones."""
    return tuple(key for key, definition in now.items() if definition != before.get(key))


def _definition(
    group: Group, rule: Rule, known: Mapping[str, Recorded], inspection: Inspection, release: str
) -> Definition:
    return Definition(
        name=rule.name,
        subject=subject(rule.file),
        expression=rule.expression.strip(),
        wait=seconds(str(rule.body.get("for") or "0s")),
        keep=seconds(str(rule.body.get("keep_firing_for") or "0s")),
        labels={str(name): value for name, value in rule.labels.items() if value != release},
        interval=seconds(_interval(group, inspection)),
        rests_on={name: known[name] for name in recorded_in(rule.expression, known)},
    )


def _interval(group: Group, inspection: Inspection) -> str:
    usual = dig(mapping(inspection.document(PROMETHEUS)), "global", "evaluation_interval")
    return str(group.body.get("interval") or usual or "1m")
