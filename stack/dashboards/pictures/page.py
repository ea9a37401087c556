"""A page of one dashboard: every panel drawn from what Prometheus answered, in Grafana's own grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from stack.dashboards.asking import State
from stack.dashboards.pictures.drawing import Drawing, Kind
from stack.dashboards.pictures.grid import CELL, MARGIN, sections
from stack.dashboards.questions import SCREEN
from stack.discover import definitions
from stack.duration import spoken
from stack.moment import clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stack.dashboards.asking import Answer, Survey
    from stack.dashboards.pictures.grid import Place
    from stack.dashboards.spans import Span

__all__ = ["Page", "page_of"]

HEADER, HEADING = 80, 36
"""Pixels of the page's head, and of a row's."""

AROUND = {"width": 18, "height": 43}
"""Pixels of a panel that are not its inside: title, foot, borders."""

SAID = Markup('<div class="said">{}</div>')
LABELLED = Markup('<div class="said">{}: {} series</div>')


@dataclass(frozen=True, slots=True)
class Page:
    """A page as HTML, and the pixels that it is high."""

    html: str
    height: int


def page_of(survey: Survey) -> Page:
    """Draw a dashboard; it needs nothing beside itself, no network and no script.

    Args:
        survey: what was answered to it.
    """
    model = survey.dashboard.model
    found = sections(model)
    by_panel: dict[int, list[Answer]] = {}
    for answer in survey.answers:
        by_panel.setdefault(answer.question.place[0], []).append(answer)
    drawn = [
        {"title": one.title, "panels": [_panel(place, by_panel, survey.span) for place in one.places]}
        for one in found
    ]
    height = HEADER + sum(one.height + (HEADING if one.title else 0) for one in found) + CELL
    html = _template().render(
        title=str(model.get("title") or survey.dashboard.stem),
        description=str(model.get("description") or ""),
        said=_said(survey),
        sections=drawn,
        width=SCREEN,
        margin=MARGIN,
    )
    return Page(html, height)


@cache
def _template() -> Any:  # jinja2 has no type for a compiled one that mypy could follow here
    text = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(text)


@cache
def _kinds() -> Mapping[str, Kind]:
    known = definitions("stack.dashboards.pictures.kinds", "KIND", Kind).values()
    return {name: kind for kind in known for name in kind.names}


def _said(survey: Survey) -> str:
    shown = sum(answer.state is State.DATA for answer in survey.asked)
    length = f"{spoken(survey.span.length)} up to {clock(survey.span.end)}"
    return f"{length}; {shown} of {len(survey.asked)} queries show data, in {survey.seconds:.2f} s together"


def _panel(place: Place, by_panel: Mapping[int, Sequence[Answer]], span: Span) -> Mapping[str, Any]:
    answers = by_panel.get(place.number, [])
    own = answers[0].question.span if answers else span
    size = {"width": place.width - AROUND["width"], "height": place.height - AROUND["height"]}
    drawing = Drawing(place.panel, answers, own, **size)
    series = sum(len(one.series) for one in answers)
    samples = sum(one.samples for one in answers)
    look = drawing.look
    return {
        "x": place.x,
        "y": place.y,
        "columns": place.columns,
        "rows": place.rows,
        "title": place.panel.title or "(no title)",
        "unit": look.unit,
        "description": str(place.panel.body.get("description") or ""),
        "state": _state(answers),
        "inside": _inside(drawing),
        "counted": f"{series} series, {samples} samples" if answers else "",
        "thresholds": [(shade, look.text(value)) for value, shade in look.lines],
        "why": "; ".join(_whys(answers)) if any(one.series for one in answers) else "",
    }


def _state(answers: Sequence[Answer]) -> str:
    failing = {one.state for one in answers if not one.until}
    return next((str(state) for state in (State.ERROR, State.EMPTY) if state in failing), "")


def _inside(drawing: Drawing) -> Markup:
    kind = _kinds().get(drawing.panel.kind)
    if drawing.answers and not drawing.curves:
        return SAID.format("; ".join(_whys(drawing.answers)))
    if kind is None:
        return LABELLED.format(drawing.panel.kind or "panel", len(drawing.curves))
    return kind.draw(drawing)


def _whys(answers: Sequence[Answer]) -> list[str]:
    """Say of each query that shows nothing why that is so."""
    found = []
    for one in answers:
        if one.state is not State.DATA:
            reason = f"until {one.until}" if one.until else one.said
            found.append(f"{one.question.letter}: {one.state}, {reason}".removeprefix(": "))
    return found
