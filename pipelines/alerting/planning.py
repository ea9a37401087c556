"""What a fire drill has to prove: each alert told, each inhibited one kept quiet, and in which order."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.alerting.faults import FAULTS, fault_of
from pipelines.alerting.rhythm import rhythm
from pipelines.alerting.timeline import longest
from pipelines.alerting.track import Drill
from stack.documents import mappings
from stack.exporters.command_center.fleet import PERIOD, VERTICALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from pipelines.alerting.explanation import Explanation
    from pipelines.core.check import Inspection

__all__ = ["Round", "drill_of", "factor_for", "rounds", "undrilled"]

AIM = 75.0
"""Seconds that the intervals of all rounds may take together; the rest of three minutes is slack."""

SHORTEST = 0.075
"""Seconds between two scrapes below which a machine's own pace shows."""

SERVICES = tuple(VERTICALS)


@dataclass(frozen=True, slots=True)
class Round:
    """Drills that go on at once, and do not disturb each other."""

    drills: tuple[Drill, ...]

    def lasts(self, period: float = PERIOD) -> tuple[float, float]:
        """Give how long the faults, and their ends, take at most to be told, in seconds."""
        loud, quiet = (
            [longest(drill, period) for drill in self.drills if bool(drill.source) is kind]
            for kind in (False, True)
        )
        sources = {drill.service: longest(drill, period)[0] for drill in self.drills if not drill.source}
        later = [
            sources.get(drill.service, 0.0) + longest(drill, period)[0]
            for drill in self.drills
            if drill.source
        ]
        return max([*(up for up, _ in loud), *later]), max(down for _, down in (*loud, *quiet))


def drill_of(one: Explanation, service: str, inspection: Inspection) -> Drill:
    """Make the drill of an alert that must be told.

    Raises:
        Refused: no simulated fault fires it, or it tells nobody.
    """
    fault = fault_of(one.rule.name)
    receivers = tuple(dict.fromkeys(way.route.receiver for way in one.ways))
    return Drill(
        alert=one.rule.name,
        fault=fault,
        service=service if fault.of_service else "",
        receivers=receivers,
        rhythm=rhythm(max((way.bound for way in one.ways), key=lambda bound: bound.total), one.rule),
        look=_look(one, inspection) if fault.averaged else 0.0,
        resolving=tuple(name for name in receivers if name in _resolving(inspection.alertmanager)),
    )


def rounds(found: Sequence[Explanation], inspection: Inspection) -> tuple[Round, ...]:
    """Put the drills of alerts in as few rounds as they fit in, those of inhibitions among them."""
    known = {one.rule.name: one for one in found if one.rule.name in FAULTS}
    waves: dict[int, list[Drill]] = {}
    for number, slot in enumerate(_slots(known)):
        wave, at = divmod(number, len(SERVICES))
        source = "" if len(slot) == 1 else slot[0].rule.name
        for one in slot:
            drill = drill_of(one, SERVICES[at], inspection)
            if source and one.rule.name != source:
                drill = replace(drill, receivers=(), resolving=(), source=source)
            waves.setdefault(wave, []).append(drill)
    for one in known.values():
        if not FAULTS[one.rule.name].of_service:
            wave = max(waves, default=-1) + 1 if FAULTS[one.rule.name].alone else 0
            waves.setdefault(wave, []).append(drill_of(one, "", inspection))
    return tuple(Round(tuple(drills)) for _, drills in sorted(waves.items()))


def undrilled(found: Iterable[Explanation]) -> tuple[str, ...]:
    """Name the alerts that no simulated fault fires."""
    return tuple(sorted({one.rule.name for one in found} - FAULTS.keys()))


def factor_for(every: Sequence[Round]) -> float:
    """Give how many times faster the rounds must go to end in time, as far as a machine keeps up."""
    most = min(drill.rhythm.scrape for one in every for drill in one.drills) / SHORTEST
    needed = math.ceil(sum(sum(one.lasts()) for one in every) / AIM)
    return max(1.0, min(most, needed))


def _slots(known: Mapping[str, Explanation]) -> Iterator[tuple[Explanation, ...]]:
    """Yield what needs a service of its own: an alert, or one and another that it keeps quiet.

    Of the alerts that one inhibition lets keep another quiet, that is taken which fires first.
    """
    of_services = {name: one for name, one in known.items() if FAULTS[name].of_service}
    for one in of_services.values():
        yield (one,)
    for one in of_services.values():
        sources: dict[str, list[Explanation]] = {}
        for pair in one.quieted:
            if pair.source in of_services and "service" in pair.equal:
                sources.setdefault(pair.path, []).append(of_services[pair.source])
        for each in sources.values():
            yield min(each, key=lambda source: max(way.bound.held for way in source.ways)), one


def _look(one: Explanation, inspection: Inspection) -> float:
    """Give how far back an alert looks, by the recorded series that it reads as well."""
    from stack.promql.syntax import reach  # brings the parser along

    read = [one.rule.expression]
    read += [rule.expression for rule in inspection.rules if rule.kind == "record" and rule.name in read[0]]
    trees = [inspection.syntax(expression) for expression in read]
    return max((reach(tree) for tree in trees if tree), default=0.0)


def _resolving(configuration: Mapping[str, Any]) -> set[str]:
    """Name the receivers that are told that an alert is over.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#receiver-integration-settings
    """
    return {
        str(receiver.get("name"))
        for _, receiver in mappings(configuration.get("receivers"))
        if any(
            integration.get("send_resolved", key not in QUIET)
            for key, integrations in receiver.items()
            if key.endswith("_configs")
            for _, integration in mappings(integrations)
        )
    }


QUIET = frozenset({"email_configs", "slack_configs", "wechat_configs"})
"""Integrations that do not tell the end of an alert unless they are asked to."""
