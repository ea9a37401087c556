"""All that is known of an alert before it has ever fired."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.alerting.rhythm import Rhythm, rhythm, subject
from pipelines.alerting.thresholds import Threshold, thresholds
from pipelines.core.check import ALERTMANAGER, Inspection
from pipelines.core.rules import groups_of
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

    from pipelines.core.rules import Group, Rule
    from pipelines.core.values import RenderedTree
    from stack.alerting.routes import Route
    from stack.service import Stack

__all__ = ["Case", "Explanation", "Way", "explain", "inspected"]


@dataclass(frozen=True, slots=True)
class Way:
    """One receiver of an alert, and how long the way there is.

    Args:
        route: the route that leads there.
        where: its place in the rendered configuration.
        rhythm: the intervals on the way.
    """

    route: Route
    where: str
    rhythm: Rhythm


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
    loaded, idle = list(inspection.groups), list(_idle(inspection.stack))
    rules = [(group, rule) for group in (*loaded, *idle) for rule in group.rules if rule.kind == "alert"]
    found = [(group, rule) for group, rule in rules if rule.name == name]
    if not found:
        names = {rule.name for _, rule in rules}
        message = f"there is no alert '{name}'" if name else "which alert?"
        raise Refused(message=message, hint=suggestion(name, names))
    known = {rule.name: _labels(rule, inspection.stack) for _, rule in rules}
    return tuple(_explained(group, rule, known, inspection) for group, rule in found)


def _idle(stack: Stack) -> Iterator[Group]:
    for stem, path in stack.idle_rules.items():
        yield from groups_of(f"rules/{stem}.yml", from_yaml(render_rules(path, stack.environment)))


def _labels(rule: Rule, stack: Stack) -> dict[str, str]:
    """Give what is certain of an alert's labels: not what a template makes of a value."""
    own = {str(key): str(value) for key, value in rule.labels.items() if "{{" not in str(value)}
    return {"alertname": rule.name, "env": stack.environment.name, **own}


def _explained(
    group: Group, rule: Rule, known: Mapping[str, Mapping[str, str]], inspection: Inspection
) -> Explanation:
    stack, configuration = inspection.stack, inspection.alertmanager
    loaded = rule.file in inspection.rule_files
    every = tuple(pairs(configuration, known))
    ways = (
        Way(
            route,
            inspection.place(ALERTMANAGER, *steps_of(route.path)),
            rhythm(stack, inspection.prometheus, group, rule, route),
        )
        for route in reached(configuration, known[rule.name])
    )
    return Explanation(
        rule=rule,
        where=inspection.where(rule) if loaded else f"{rule.file}: {rule.group}/{rule.name}",
        loaded=loaded,
        labels=known[rule.name],
        thresholds=tuple(thresholds(rule, inspection)),
        ways=tuple(ways),
        quieted=tuple(pair for pair in every if pair.target == rule.name),
        quiets=tuple(pair for pair in every if pair.source == rule.name),
        runbook=_runbook(rule, inspection),
        cases=tuple(_cases(rule, stack)),
    )


def steps_of(path: str) -> tuple[str | int, ...]:
    """Read a path as messages write it: `route.routes.2`."""
    return tuple(int(step) if step.isdecimal() else step for step in path.split("."))


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
