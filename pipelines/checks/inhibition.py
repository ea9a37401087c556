"""Every inhibition can ever mute something."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from pipelines.core.check import ALERTMANAGER, Check
from stack.alerting.matchers import matchers_of, never_together
from stack.documents import mappings, strings
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from pipelines.core.check import Inspection
    from stack.alerting.matchers import Matcher

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    for index, rule in mappings(inspection.alertmanager.get("inhibit_rules")):
        for summary in _faults(rule):
            yield Problem("inhibition", f"{ALERTMANAGER}: inhibit_rules.{index}", summary)


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


CHECK = Check(proves="every inhibition can mute something", run=_run)
