"""Every panel of every dashboard shows data, asked for as Grafana does; a site's are only told of."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.core.probe import Probe, Waiting
from stack.contract.absent import absent, unreached
from stack.dashboards.asking import State, p95, surveys
from stack.dashboards.awaited import awaited
from stack.dashboards.questions import Viewer
from stack.dashboards.reading import is_shipped
from stack.duration import seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.core.probe import Sight
    from stack.dashboards.asking import Answer, Key, Survey

__all__ = ["PROBE"]

PAUSE = 0.5
"""Seconds before it asks again: two hundred queries ten times a second would hold up what they wait for."""

LIMIT = 5.0
"""Seconds after which a query is given up."""


@dataclass
class _Seen:
    """What was found so far: the answers that show data, what nobody brings here, and when it last asked."""

    answers: dict[Key, Answer] = field(default_factory=dict)
    down: frozenset[str] | None = None
    absent: Mapping[str, str] = field(default_factory=dict)
    asked: float = 0.0
    missing: str = ""


def _run(sight: Sight) -> str:
    seen: _Seen = sight.seen.setdefault("panels", _Seen())
    if seen.missing and time.monotonic() < seen.asked + PAUSE:
        raise Waiting(seen.missing)
    found = _surveys(sight, seen)
    must = [one for one in found if _must_show(one, sight)]
    failing = [(one, answer) for one in must for answer in one.failing]
    seen.missing, seen.asked = _missing(failing), time.monotonic()
    if failing:
        raise Waiting(seen.missing)
    return _evidence(found, [one for one in found if one not in must])


def _surveys(sight: Sight, seen: _Seen) -> tuple[Survey, ...]:
    scrape = seconds(sight.environment.scrape_interval)
    now = time.time()
    if seen.down != (down := unreached(sight.prometheus)):
        seen.down, seen.absent = down, absent(sight.release.stack, down)
    late = awaited(sight.prometheus.rule_groups(), now - sight.since, seen.absent)
    viewer = Viewer(sight.prometheus, now, scrape, LIMIT, late)
    found = surveys(sight.release.stack.dashboards.values(), viewer, known=seen.answers)
    good = (answer for one in found for answer in one.answers if answer.state is State.DATA)
    seen.answers = {answer.question.key: answer for answer in good}
    return found


def _must_show(survey: Survey, sight: Sight) -> bool:
    return is_shipped(survey.dashboard) or sight.environment.gates.site == "error"


def _missing(failing: Sequence[tuple[Survey, Answer]]) -> str:
    if not failing:
        return ""
    (survey, answer), *others = failing
    more = f", and {len(others)} more" if others else ""
    question = answer.question
    where = f"{survey.dashboard.name}: {question.panel.place}, query {question.letter}"
    return f"{where} is {answer.state}: {answer.said}{more}"


def _evidence(found: Sequence[Survey], told: Sequence[Survey]) -> str:
    asked = [answer for one in found for answer in one.asked]
    if not asked:
        return "there is no panel to ask"
    shown = sum(answer.state is State.DATA for answer in asked)
    places = {answer.question.key[0] + str(answer.question.place[0]) for answer in asked}
    longest = max(one.seconds for one in found)
    said = (
        f"{shown} of {len(asked)} queries of {len(places)} panels in {len(found)} dashboards show data, "
        f"p95 {p95(found) * 1000:.0f} ms, the slowest dashboard {longest:.1f} s"
    )
    return said + _exempt(found) + _told(told)


def _exempt(found: Sequence[Survey]) -> str:
    count = sum(bool(answer.until) for one in found for answer in one.asked)
    return f"; {count} wait for their events" if count else ""


def _told(surveys: Sequence[Survey]) -> str:
    failing = [(one, answer) for one in surveys for answer in one.failing]
    return f"; of a site: {_missing(failing)}" if failing else ""


PROBE = Probe(asks="whether every panel shows data", run=_run, needs=("prometheus",))
