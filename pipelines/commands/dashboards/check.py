"""Ask whether every panel shows data, and how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.core.options import Option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.core.effects import Effects
    from stack.dashboards.asking import Answer, Survey

__all__ = ["OPTIONS", "run"]

OPTIONS = (
    Option("name", "the dashboard, `overview`; without it all of them", positional=True),
    Option("long", "a row for every query, not only for those that show nothing", default=False),
)

QUERIES = ("DASHBOARD", "PANEL", "QUERY", "SHOWS", "SERIES", "SAMPLES", "MS", "WHY")
DASHBOARDS = (
    "DASHBOARD",
    "PANELS",
    "QUERIES",
    "DATA",
    "EXEMPT",
    "EMPTY",
    "ERRORS",
    "ELSEWHERE",
    "P95 MS",
    "SUM S",
)
STATES = ("data", "exempt", "empty", "error", "elsewhere")
"""What may become of a query, in the order of its columns."""

PATIENCE = 2.0
"""Seconds that a viewer waits for a whole dashboard without complaint."""


def run(effects: Effects) -> int:
    """Print what shows nothing and a line per dashboard; exit with 1 where something ought to show data."""
    from pipelines.commands.dashboards._live import surveyed  # brings requests along

    found = surveyed("check", effects)
    effects.console.result(_document(found))
    rows = [row for one in found for row in _rows(one, long=effects.options.flag("long"))]
    if rows:
        effects.console.table(QUERIES, rows)
        effects.console.say("")
    effects.console.table(DASHBOARDS, map(_line, found))
    for one in found:
        for mark, text in _remarks(one):
            effects.console.item(mark, text)
    return _ended(found, effects)


def _rows(survey: Survey, *, long: bool) -> Iterator[tuple[str, ...]]:
    failing = survey.failing
    for answer in survey.answers if long else failing:
        yield (
            survey.dashboard.stem,
            answer.question.panel.title or "-",
            answer.question.letter or "-",
            "exempt" if answer.until else answer.state,
            str(len(answer.series)),
            str(answer.samples),
            f"{answer.seconds * 1000:.0f}",
            f"until {answer.until}" if answer.until else answer.said or "-",
        )


def _line(survey: Survey) -> tuple[str, ...]:
    counts = _counts(survey)
    return (
        survey.dashboard.stem,
        str(counts["panels"]),
        str(len(survey.answers)),
        *(str(counts[state]) for state in STATES),
        f"{_p95([survey]) * 1000:.0f}",
        f"{survey.seconds:.2f}",
    )


def _counts(survey: Survey) -> Mapping[str, int]:
    states = ["exempt" if one.until else str(one.state) for one in survey.answers]
    panels = {one.question.place[0] for one in survey.answers}
    return {"panels": len(panels), **{state: states.count(state) for state in STATES}}


def _remarks(survey: Survey) -> Iterator[tuple[str, str]]:
    dashboard = survey.dashboard
    if dashboard.fault:
        yield "✗", f"{dashboard.name} {dashboard.fault}"
    elif not survey.answers:
        yield "!", f"{dashboard.name} asks nothing"
    if survey.seconds > PATIENCE:
        yield "!", f"{dashboard.name} takes {survey.seconds:.1f} s in all, more than {PATIENCE:g} s"


def _ended(found: Sequence[Survey], effects: Effects) -> int:
    asked = [answer for one in found for answer in one.asked]
    failing = sum(len(one.failing) for one in found)
    broken = sum(bool(one.dashboard.fault) for one in found)
    times = f"p95 {_p95(found) * 1000:.0f} ms"
    said = f"{len(asked)} queries of {len(found)} dashboards, {times}"
    if not failing and not broken:
        effects.console.end(f"{said}: every panel that can show data does")
        return 0
    told = f"; {broken} dashboards cannot be read" if broken else ""
    effects.console.end(f"{said}: {failing} of them show nothing{told}", good=False)
    return 1


def _p95(found: Sequence[Survey]) -> float:
    from stack.dashboards.asking import p95  # brings requests along

    return p95(found)


def _document(found: Sequence[Survey]) -> Mapping[str, Any]:
    return {
        "p95_seconds": round(_p95(found), 4),
        "failing": sum(len(one.failing) for one in found),
        "dashboards": [
            {
                "dashboard": one.dashboard.stem,
                "fault": one.dashboard.fault,
                "seconds": round(one.seconds, 4),
                "p95_seconds": round(_p95([one]), 4),
                **_counts(one),
                "queries": [_query(answer) for answer in one.answers],
            }
            for one in found
        ],
    }


def _query(answer: Answer) -> Mapping[str, Any]:
    question = answer.question
    return {
        "panel": question.panel.title,
        "row": question.panel.row,
        "query": question.letter,
        "expression": question.filled.text,
        "instant": question.instant,
        "step": None if question.instant else question.step,
        "state": str(answer.state),
        "said": answer.said,
        "until": answer.until,
        "series": len(answer.series),
        "samples": answer.samples,
        "seconds": round(answer.seconds, 4),
    }
