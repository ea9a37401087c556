"""What a live Prometheus answers to a dashboard's queries: data, nothing or an error, and how fast."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from stack.dashboards.intervals import asked_from
from stack.dashboards.questions import questions
from stack.dashboards.series import series_of
from stack.errors import HttpFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from stack.dashboards.questions import Question, Viewer
    from stack.dashboards.reading import Dashboard
    from stack.dashboards.series import Series
    from stack.dashboards.spans import Span

__all__ = ["Answer", "Key", "State", "Survey", "p95", "surveys"]

AT_ONCE = 8
"""Queries that wait for their answers together; a browser asks for about as many."""

LATE = ("timed out", "deadline exceeded", "no answer in time", "canceled")
"""What is said, here and by the server, of a query that took too long."""

Key = tuple[str, tuple[int, int]]


class State(StrEnum):
    """What became of a query."""

    DATA = "data"
    EMPTY = "empty"
    ERROR = "error"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a query.

    Args:
        question: the query.
        state: whether it shows something.
        said: why it shows nothing, in one line; empty where it shows something.
        until: the event that fills it, where it is empty and need not show anything before that.
        seconds: how long it took.
        series: what it shows.
    """

    question: Question
    state: State
    said: str = ""
    until: str = ""
    seconds: float = 0.0
    series: tuple[Series, ...] = field(default=(), repr=False)

    @property
    def samples(self) -> int:
        """How many samples it shows."""
        return sum(len(one.points) for one in self.series)


@dataclass(frozen=True, slots=True)
class Survey:
    """What a viewer of one dashboard sees.

    Args:
        dashboard: the dashboard.
        answers: what became of its queries, in the order of its panels.
        choosing: seconds that its variables took.
        span: what it shows.
    """

    dashboard: Dashboard
    answers: tuple[Answer, ...]
    choosing: float
    span: Span

    @property
    def asked(self) -> tuple[Answer, ...]:
        """Those of its queries that are Prometheus' to answer."""
        return tuple(one for one in self.answers if one.state is not State.ELSEWHERE)

    @property
    def failing(self) -> tuple[Answer, ...]:
        """Those that show nothing, though no fault or event is needed to fill them."""
        return tuple(one for one in self.asked if one.state is not State.DATA and not one.until)

    @property
    def seconds(self) -> float:
        """How long all of its queries take, one after another, its variables' own among them."""
        return self.choosing + sum(one.seconds for one in self.answers)


def surveys(
    dashboards: Iterable[Dashboard],
    viewer: Viewer,
    *,
    known: Mapping[Key, Answer] | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> tuple[Survey, ...]:
    """Ask all that dashboards ask, several queries at once; the order is that of dashboards and panels.

    Args:
        dashboards: the dashboards.
        viewer: who opens them.
        known: answers that need not be asked for again.
        tell: is told how many of how many queries are answered.
    """
    before = known or {}
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        opened = list(pool.map(lambda one: _opened(one, viewer), dashboards))
        total, found = sum(len(asked) for _, asked, _ in opened), dict(before)
        waiting = [one for _, asked, _ in opened for one in asked if one.key not in before]
        for answer in pool.map(lambda one: _answer(one, viewer), waiting):
            found[answer.question.key] = answer
            if tell:
                tell(len(found), total)
    return tuple(_survey(one, [found[q.key] for q in asked], took, viewer) for one, asked, took in opened)


def p95(surveys: Iterable[Survey]) -> float:
    """Give the seconds within which 95 of 100 queries were answered; 0 where none was asked."""
    times = sorted(answer.seconds for one in surveys for answer in one.asked if answer.seconds)
    return times[int(0.95 * (len(times) - 1))] if times else 0.0


def _opened(dashboard: Dashboard, viewer: Viewer) -> tuple[Dashboard, list[Question], float]:
    before = time.monotonic()
    asked = list(questions(dashboard, viewer))
    return dashboard, asked, time.monotonic() - before


def _survey(dashboard: Dashboard, answers: Sequence[Answer], took: float, viewer: Viewer) -> Survey:
    shown = tuple(_due(answer, dashboard, viewer) for answer in answers)
    return Survey(dashboard, shown, took, viewer.span(dashboard.model))


def _due(answer: Answer, dashboard: Dashboard, viewer: Viewer) -> Answer:
    """Say of an empty answer which fault or event fills it, where it need not show anything before that."""
    if answer.state is not State.EMPTY:
        return answer
    question = answer.question
    own = dashboard.empty.get(question.panel.title)
    return replace(answer, until=own or viewer.awaited.event(question.filled.text))


def _answer(question: Question, viewer: Viewer) -> Answer:
    if question.elsewhere:
        return Answer(question, State.ELSEWHERE, question.elsewhere)
    if any(choice.fault for choice in question.filled.empty):
        state = State.ERROR if question.filled.broken else State.EMPTY
        return Answer(question, state, question.filled.faults[0])
    before = time.monotonic()
    try:
        found = series_of(_evaluated(question, viewer), question.legend)
    except HttpFailed as failed:
        said = _reason(failed, question, viewer)
        return Answer(question, State.ERROR, said, seconds=time.monotonic() - before)
    seconds = time.monotonic() - before
    if any(one.points for one in found):
        return Answer(question, State.DATA, seconds=seconds, series=found)
    nothing = "its series hold no number" if found else "no series"
    said = next(iter(question.filled.faults), nothing)
    return Answer(question, State.EMPTY, said, seconds=seconds, series=found)


def _evaluated(question: Question, viewer: Viewer) -> list[dict[str, Any]]:
    text = question.filled.text
    if question.instant:
        return viewer.prometheus.query(text, question.span.end, timeout=viewer.limit)
    start, end, step = asked_from(question.span, question.step), question.span.end, question.step
    return viewer.prometheus.query_range(text, start, end, step, timeout=viewer.limit)


def _reason(failed: HttpFailed, question: Question, viewer: Viewer) -> str:
    """Say why in one line; the server's own words on a `$` that stayed would help nobody."""
    said = " ".join(str(failed.fields["message"]).split())
    if any(word in said for word in LATE):
        return f"no answer within {viewer.limit:g} s"
    return next(iter(question.filled.faults), said)
