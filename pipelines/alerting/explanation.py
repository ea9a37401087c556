"""All that is known of an alert before it has ever fired."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.alerting.rhythm import subject
from pipelines.alerting.thresholds import Threshold, thresholds
from pipelines.core.check import ALERTMANAGER, Inspection
from stack.alerting.known import Sender
from stack.alerting.latency import bounds
from stack.alerting.pairs import Pair, pairs
from stack.alerting.routes import reached
from stack.documents import mappings
from stack.emit import from_yaml
from stack.errors import Refused
from stack.places import shown
from stack.references import render_rules
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.rules import Rule
    from pipelines.core.values import RenderedTree
    from stack.alerting.known import Known
    from stack.alerting.latency import Bound
    from stack.alerting.routes import Route
    from stack.documents import Steps
    from stack.service import Stack

__all__ = ["Case", "Explanation", "Way", "explain", "inspected"]


@dataclass(frozen=True, slots=True)
class Way:
    """One receiver of an alert, and how long the way there is.

    Args:
        route: the route that leads there.
        where: its place in the rendered configuration.
        bound: how long the way may be, part by part.
    """

    route: Route
    where: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class Case:
    """A rule test that names the alert: its name, and whether the alert fires in it, stays quiet, or both."""

    name: str
    fires: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of one alerting rule.

    Args:
        rule: the rule.
        where: its place: `rules/node.yml:7: group/name`.
        loaded: whether this environment evaluates it at all.
        labels: those that are certain before it fires.
        thresholds: the numbers that it compares with.
        ways: who is told, in the order in which they are.
        quieted: what inhibits it.
        quiets: what it inhibits.
        runbook: its page, and the page's first paragraph; empty where there is none.
        cases: the tests that name it.
    """

    rule: Rule
    where: str
    loaded: bool
    labels: Mapping[str, str]
    thresholds: tuple[Threshold, ...]
    ways: tuple[Way, ...]
    quieted: tuple[Pair, ...]
    quiets: tuple[Pair, ...]
    runbook: tuple[str, str]
    cases: tuple[Case, ...]


def inspected(rendered: RenderedTree, root: Path) -> Inspection:
    """Give a rendered tree as the checks see it, without laying it on the disk."""
    return Inspection(stack=rendered.stack, tree=rendered.tree, folder=Path(), tools={}, root=root)


def explain(name: str, inspection: Inspection) -> tuple[Explanation, ...]:
    """Explain every alerting rule of a name.

    Raises:
        Refused: there is no such alert; with the name that was probably meant.
    """
    files = [*map(inspection.rule_file, inspection.rule_files), *inspection.idle_files]
    rules = [rule for file in files for rule in file.alerts]
    found = [rule for rule in rules if rule.name == name]
    if not found:
        message = f"there is no alert '{name}'" if name else "which alert?"
        raise Refused(message=message, hint=suggestion(name, {rule.name for rule in rules}))
    sender = Sender(inspection.prometheus, inspection.syntax)
    every = dict.fromkeys(pairs(inspection.alertmanager, [sender.sends(rule.body) for rule in rules]))
    documents = {file.name: file.document for file in files}
    timed = bounds(inspection.prometheus, documents, inspection.alertmanager, inspection.syntax)
    ways = {(bound.file, bound.steps, bound.route.steps): bound for bound in timed if bound.alert == name}
    return tuple(_explained(rule, sender.sends(rule.body), ways, tuple(every), inspection) for rule in found)


def _explained(
    rule: Rule,
    known: Known,
    timed: Mapping[tuple[str, Steps, Steps], Bound],
    every: tuple[Pair, ...],
    inspection: Inspection,
) -> Explanation:
    loaded = rule.file in inspection.rule_files
    labels = {**known.added, **known.fixed}
    return Explanation(
        rule=rule,
        where=inspection.where(rule) if loaded else f"{rule.file}: {rule.group}/{rule.name}",
        loaded=loaded,
        labels=labels,
        thresholds=tuple(thresholds(rule, inspection)),
        ways=tuple(
            Way(
                route, inspection.place(ALERTMANAGER, *route.steps), timed[rule.file, rule.steps, route.steps]
            )
            for route in reached(inspection.alertmanager, labels)
        ),
        quieted=tuple(pair for pair in every if pair.target == rule.name),
        quiets=tuple(pair for pair in every if pair.source == rule.name),
        runbook=_runbook(rule, inspection),
        cases=tuple(_cases(rule, inspection.stack)),
    )


def _runbook(rule: Rule, inspection: Inspection) -> tuple[str, str]:
    """Find the page on disk, and its first paragraph below the title."""
    address = str(rule.annotations.get("runbook_url") or "")
    page = f"docs/runbooks/{address.rpartition('/')[2]}"
    source = {**inspection.stack.idle_rules, **inspection.stack.rules}.get(subject(rule.file))
    for folder in (source.parents[1], inspection.root) if source and address else ():
        if (folder / page).is_file():
            blocks = (folder / page).read_text().split("\n\n")
            return shown(folder / page), next((block for block in blocks if not block.startswith("#")), "")
    return address, ""


def _cases(rule: Rule, stack: Stack) -> Iterator[Case]:
    path = stack.rule_tests.get(f"{subject(rule.file)}_test")
    document: Any = from_yaml(render_rules(path, stack.environment)) if path else {}
    for index, test in mappings(document.get("tests")):
        asked = [
            case for _, case in mappings(test.get("alert_rule_test")) if case.get("alertname") == rule.name
        ]
        if asked:
            name = str(test.get("name") or f"test {index + 1}")
            fires = any(case.get("exp_alerts") for case in asked)
            yield Case(name, fires, not all(case.get("exp_alerts") for case in asked))
