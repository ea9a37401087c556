"""What a kind of panel is given to draw, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.dashboards.pictures.colours import palette
from stack.dashboards.pictures.looks import Look

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markupsafe import Markup

    from stack.dashboards.asking import Answer
    from stack.dashboards.panels import Panel
    from stack.dashboards.series import Series
    from stack.dashboards.spans import Span

__all__ = ["Curve", "Drawing", "Kind"]


@dataclass(frozen=True, slots=True)
class Curve:
    """One series of a panel, its look, the colour that it has there, and the seconds between its points."""

    series: Series
    look: Look
    colour: str
    step: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A panel with what was answered to its queries.

    Args:
        panel: the panel.
        answers: the answers, in the order of its queries.
        span: what it shows.
        width: pixels that there are for it.
        height: the same.
    """

    panel: Panel
    answers: Sequence[Answer]
    span: Span
    width: int
    height: int

    @property
    def look(self) -> Look:
        """The look of its values as a rule."""
        return Look.of(self.panel)

    @property
    def curves(self) -> list[Curve]:
        """Every series that has points, coloured one after another."""
        found = [(one, answer) for answer in self.answers for one in answer.series if one.points]
        looks = [self.look.called(one.name, answer.question.letter) for one, answer in found]
        return [
            Curve(one, look, look.fixed or palette(place), answer.question.step)
            for place, ((one, answer), look) in enumerate(zip(found, looks, strict=True))
        ]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of panel.

    Args:
        names: the types that are drawn so: `timeseries`, and `graph` of older models.
        draw: gives the panel's inside as HTML.
    """

    names: frozenset[str]
    draw: Callable[[Drawing], Markup]
