"""Groups, inhibitions and mute times are what the routing tests say, asked of a real Alertmanager.

It runs for a moment, on loopback, with the environment's own routes, and has nobody to tell.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

from pipelines.checks._routing import refused, routing_tests, told
from pipelines.core.check import ALERTMANAGER, Check
from pipelines.core.memory import program, stamp
from stack.alerting.routes import reached
from stack.alerting.time_intervals import is_mute
from stack.emit import to_yaml
from stack.errors import StackError
from stack.rehearsal import rehearse, rehearsed
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.core.check import Inspection
    from stack.rehearsal import Told
    from stack.routing_tests import InhibitionCase, Read, RouteCase, TimeCase

__all__ = ["CHECK"]

Firing = tuple["Mapping[str, str]", ...]


def _run(inspection: Inspection) -> Iterator[Problem]:
    tests = routing_tests(inspection)
    cases = _cases(tests)
    if not cases:
        return
    verdict = _verdict(tests, inspection)
    if inspection.memory.knows(verdict):
        return
    before = datetime.now(UTC)
    try:
        answers = rehearse(inspection.tools["alertmanager"], inspection.alertmanager, cases)
    except (StackError, OSError) as error:
        if not refused(inspection):
            summary = f"the real Alertmanager could not be asked: {error}"
            yield Problem("alertmanager_live", ALERTMANAGER, summary)
        return
    moments = (before, datetime.now(UTC))
    found = list(_compared(tests, _by_case(answers), moments, inspection))
    if not found:
        inspection.memory.learn([verdict])
    yield from found


def _cases(tests: Read) -> list[Firing]:
    """Give the alerts of every case; a case's number is its position."""
    return [
        *((case.labels,) for _, case in tests.routes()),
        *((case.labels,) for _, case in tests.times()),
        *(case.firing for _, case in tests.inhibitions()),
    ]


def _verdict(tests: Read, inspection: Inspection) -> str:
    """Name the verdict; that on times is only good for the day."""
    day = datetime.now(UTC).date().isoformat() if any(tests.times()) else ""
    server = program(inspection.tools["alertmanager"])
    return stamp((server, to_yaml(rehearsed(inspection.alertmanager)), tests.text, day.encode()))


def _compared(
    tests: Read, answers: Mapping[int, list[Told]], moments: Sequence[datetime], inspection: Inspection
) -> Iterator[Problem]:
    numbers = count()
    for where, route in tests.routes():
        yield from _said(where, route.name, _of_groups(route, answers[next(numbers)]))
    for where, time in tests.times():
        yield from _said(where, time.name, _of_times(time, answers[next(numbers)], moments, inspection))
    for where, inhibition in tests.inhibitions():
        yield from _said(where, inhibition.name, _of_inhibition(inhibition, answers[next(numbers)]))


def _by_case(answers: Sequence[Told]) -> Mapping[int, list[Told]]:
    found: dict[int, list[Told]] = defaultdict(list)
    for answer in answers:
        found[answer.case].append(answer)
    return found


def _said(where: str, name: str, summaries: Iterator[str]) -> Iterator[Problem]:
    for summary in summaries:
        yield Problem("alertmanager_live", where, f"'{name}': {summary}")


def _of_groups(case: RouteCase, answers: list[Told]) -> Iterator[str]:
    for receiver, wanted in case.grouped.items():
        groups = [answer.group for answer in answers if answer.receiver == receiver]
        if not groups:
            yield f"{receiver} is not told at all"
        for group in groups:
            if group != wanted:
                yield f"{receiver} is told in the group {_shown(group)}; expected is {_shown(wanted)}"


def _of_inhibition(case: InhibitionCase, answers: list[Told]) -> Iterator[str]:
    for position, labels in enumerate(case.firing):
        inhibited = any(answer.inhibited for answer in answers if answer.labels == labels)
        if inhibited and case.is_told(position):
            yield f"firing.{position} {_shown(labels)} is inhibited, and should be told"
        elif not inhibited and not case.is_told(position):
            yield f"firing.{position} {_shown(labels)} is told, and should be inhibited"


def _of_times(
    case: TimeCase, answers: list[Told], moments: Sequence[datetime], inspection: Inspection
) -> Iterator[str]:
    """Compare who is mute right now with what our own reading of the intervals says: it judges the rest."""
    if any(answer.muted is None for answer in answers):
        return
    real = sorted(answer.receiver for answer in answers if answer.muted)
    ours = [_mute_at(moment, case, inspection) for moment in moments]
    if real not in ours and ours[0] is not None:
        yield f"at this moment the real one mutes {told(real)}, our own reading {told(ours[0])}"


def _mute_at(moment: datetime, case: TimeCase, inspection: Inspection) -> list[str] | None:
    found = reached(inspection.alertmanager, case.labels)
    try:
        return sorted(route.receiver for route in found if is_mute(inspection.alertmanager, route, moment))
    except ValueError:  # amtool says which it is
        return None


def _shown(labels: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}={value}" for name, value in sorted(labels.items())) + "}"


CHECK = Check(proves="alerts are grouped, inhibited and muted as the routing tests say", run=_run)
