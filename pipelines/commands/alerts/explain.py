"""Explain an alert: why, and who is told when."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pipelines.core.options import Option
from pipelines.stages.render import rendered
from stack.duration import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.alerting.explanation import Explanation, Way
    from pipelines.core.effects import Effects
    from stack.alerting.latency import Bound

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("name", "the alert's name", positional=True),)


def run(effects: Effects) -> int:
    """Print what the rendered files say; no server is asked."""
    from pipelines.alerting.explanation import explain, inspected

    tree = rendered(effects)
    found = explain(effects.options.text("name"), inspected(tree, effects.root))
    effects.console.result([_document(one) for one in found])
    for one in found:
        effects.console.say(*_lines(one), "")
    effects.console.end(_verdict(found[0], effects.options.environment))
    return 0


def _verdict(one: Explanation, environment: str) -> str:
    if not one.loaded:
        return f"{one.rule.name} is not loaded in {environment}, which does not watch its subject"
    if not one.ways:
        return f"{one.rule.name} tells nobody in {environment}"
    names = ", ".join(dict.fromkeys(way.route.receiver for way in one.ways))
    longest = max(way.bound.total for way in one.ways)
    return f"{one.rule.name} tells {names} in {environment}, at most {spoken(longest)} after the fact"


def _lines(one: Explanation) -> Iterator[str]:
    rule = one.rule
    yield f"{rule.name}  {one.where}"
    yield f"  {rule.annotations.get('summary', 'no summary')}"
    yield f"  {rule.annotations.get('description', '')}"
    yield from ("", "EXPRESSION", *(f"  {line}" for line in rule.expression.strip().splitlines()))
    yield f"  for {rule.body.get('for', '0s')}, keep_firing_for {rule.body.get('keep_firing_for', '0s')}"
    yield from _listed("THRESHOLDS", [_threshold(*threshold) for threshold in one.thresholds])
    yield from _listed("LABELS", [f"{key}={value}" for key, value in one.labels.items()])
    yield from _listed("TOLD", [line for way in one.ways for line in _way(way)])
    quieted = [f"{pair.source}, of the same {', '.join(pair.equal)} ({pair.path})" for pair in one.quieted]
    yield from _listed("INHIBITED BY", quieted)
    quiets = [f"{pair.target}, of the same {', '.join(pair.equal)} ({pair.path})" for pair in one.quiets]
    yield from _listed("INHIBITS", quiets)
    page, paragraph = one.runbook
    yield from _listed("RUNBOOK", [line for line in (page, *paragraph.splitlines()) if line])
    yield from _listed("TESTS", [f"{case.name}: {_outcome(case.fires, case.quiet)}" for case in one.cases])


def _listed(head: str, lines: list[str]) -> Iterator[str]:
    yield from ("", head, *(f"  {line}" for line in lines or ["none"]))


def _threshold(compared: str, sign: str, number: float, source: str) -> str:
    return f"{compared} {sign} {number:g}" + (f"   ({source})" if source else "")


def _way(way: Way) -> Iterator[str]:
    settings, bound = way.route.settings, way.bound
    groups = ", ".join(map(str, settings.get("group_by") or ())) or "nothing: one group of all"
    yield f"{way.route.receiver}  {way.where}"
    yield f"  grouped by {groups}; repeated every {settings.get('repeat_interval', '4h')}"
    parts = {
        "scrape": bound.scrape,
        "recording": bound.recording,
        "evaluation": bound.evaluation,
        "for": bound.held,
        "group_wait": bound.group_wait,
        "or, where it joins a group, group_interval": bound.group_interval,
    }
    told = ", ".join(f"{name} {spoken(length)}" for name, length in parts.items() if length)
    yield f"  within {spoken(bound.total)}, {spoken(bound.net)} net of its `for`: {told}"


def _outcome(fires: bool, quiet: bool) -> str:  # noqa: FBT001 # what a case expects
    return " and ".join(word for word, is_so in (("fires", fires), ("stays quiet", quiet)) if is_so)


def _seconds(bound: Bound) -> dict[str, float]:
    names = ("scrape", "recording", "evaluation", "held", "group_wait", "group_interval", "net", "total")
    return {name: getattr(bound, name) for name in names}


def _document(one: Explanation) -> dict[str, Any]:
    rule = one.rule
    return {
        "alert": rule.name,
        "where": one.where,
        "loaded": one.loaded,
        "expression": rule.expression,
        "for": rule.body.get("for", "0s"),
        "keep_firing_for": rule.body.get("keep_firing_for", "0s"),
        "labels": dict(one.labels),
        "annotations": dict(rule.annotations),
        "thresholds": [threshold._asdict() for threshold in one.thresholds],
        "told": [
            {
                "route": way.route.path,
                **way.route.settings,
                "bound_seconds": _seconds(way.bound),
            }
            for way in one.ways
        ],
        "inhibited_by": [asdict(pair) for pair in one.quieted],
        "inhibits": [asdict(pair) for pair in one.quiets],
        "runbook": {"page": one.runbook[0], "says": one.runbook[1]},
        "tests": [asdict(case) for case in one.cases],
    }
