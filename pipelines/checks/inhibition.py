"""Every inhibition can mute something, and nothing else than it is meant to."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from pipelines.checks._alerts import alert_bodies
from pipelines.core.check import ALERTMANAGER, Check
from stack.alerting.inhibitions import concerned
from stack.alerting.known import Sender
from stack.alerting.matchers import matchers_of, never_together
from stack.documents import mappings, strings
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from pipelines.core.check import Inspection
    from stack.alerting.inhibitions import Concerned
    from stack.alerting.known import Known
    from stack.alerting.matchers import Matcher

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    rules = mappings(inspection.alertmanager.get("inhibit_rules"))
    alerts = _alerts(inspection) if rules else []
    for index, rule in rules:
        where = inspection.place(ALERTMANAGER, "inhibit_rules", index)
        faults = list(_faults(rule))
        yield from (Problem("inhibition", where, fault) for fault in faults)
        for fault in [] if faults else _idle(rule, alerts):
            # An alert may also come from rules that are not here.
            yield Problem("inhibition", where, fault, Severity.WARNING)


def _alerts(inspection: Inspection) -> list[Known]:
    sender = Sender(inspection.prometheus, inspection.syntax)
    return [sender.sends(body) for body in alert_bodies(inspection)]


def _faults(rule: Mapping[str, Any]) -> Iterator[str]:
    source, target = matchers_of(rule, "source_"), matchers_of(rule, "target_")
    if source is None or target is None:
        return
    if source == target:
        yield "source and target are the same alerts, which never mute themselves: it does nothing"
    for side, matchers in (("source", source), ("target", target)):
        if any(never_together(one, other) for one, other in combinations(matchers, 2)):
            yield f"no alert can ever match its {side}: two of the matchers exclude each other"
    for label in _parted(source, target, {name for _, name in strings(rule.get("equal"))}):
        yield f"it can never apply: `equal` asks for one {label}, source and target for two different ones"


def _parted(source: frozenset[Matcher], target: frozenset[Matcher], equal: set[str]) -> list[str]:
    pairs = ((one, other) for one in source for other in target if one.name in equal)
    return sorted({one.name for one, other in pairs if never_together(one, other)})


def _idle(rule: Mapping[str, Any], alerts: Sequence[Known]) -> Iterator[str]:
    """Look at the alerts that there are."""
    sides = concerned(rule, alerts)
    if sides is None or not alerts:
        return
    empty = [side for side, found in (("source", sides.sources), ("target", sides.targets)) if not found]
    for side in empty:
        yield f"no alert of the rules can be its {side}"
    if not empty:
        faults = list(_of_equal(sides))
        yield from faults
        if not faults and not sides.applies:
            yield f"no two alerts of the rules can have the same {', '.join(sides.equal)}"


def _of_equal(sides: Concerned) -> Iterator[str]:
    for label in sides.equal:
        lacking = sides.lacking(label)
        if pair := sides.both_lacking(label):
            yield f"{pair[0]} mutes any {pair[1]}: neither has a label {label}, and that counts as equal"
        elif any(lacking):
            side = "source" if lacking[0] else "target"
            yield f"its {side} never has the label {label} that `equal` asks for: it mutes only what lacks it"


CHECK = Check(proves="every inhibition can mute something", run=_run)
