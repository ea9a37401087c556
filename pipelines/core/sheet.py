"""A filled-in checklist as a document, as Markdown and as a page; what was found out there is only text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stack.moment import clock

if TYPE_CHECKING:
    from pipelines.core.checklist import Answered

__all__ = ["Sheet", "plain"]

SPECIAL = re.compile(r"[\\`*_{}\[\]<>#~|!&$]")
"""What could be more than itself within a line of Markdown, as GitHub reads it."""

HEADS = ("Line", "Kind", "State", "Evidence", "What to do")


def plain(text: str) -> str:
    """Give a text as one line of printable characters: the rest would break a row, or hide what it says."""
    return "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in " ".join(text.split())
    )


def _escaped(text: str) -> str:
    """Write a text so that a reader of Markdown shows just that."""
    return SPECIAL.sub(r"\\\g<0>", plain(text))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A filled-in checklist.

    Args:
        environment: its name.
        release: the release that is live; empty where none is.
        moment: when it was filled in, in unix seconds.
        lines: every line, in their order.
    """

    environment: str
    release: str
    moment: float
    lines: tuple[Answered, ...]

    @property
    def holding_back(self) -> tuple[str, ...]:
        """The names of the lines because of which the environment is not ready."""
        return tuple(one.name for one in self.lines if one.holds_back)

    @property
    def ready(self) -> bool:
        """Whether every mandatory line is green."""
        return not self.holding_back

    @property
    def title(self) -> str:
        """Say what it is about, and how it ended."""
        return f"{self.environment} is {'ready' if self.ready else 'not ready'}"

    @property
    def said(self) -> str:
        """Say of when it is, of what, and how much of it is green."""
        count = sum(one.verdict.state.value == "green" for one in self.lines)
        live = f"release {self.release} is live" if self.release else "nothing is live"
        return f"{clock(self.moment)}: {live}; {count} of {len(self.lines)} lines are green"

    def document(self) -> dict[str, Any]:
        """Give it as a JSON-ready mapping."""
        return {
            "environment": self.environment,
            "release": self.release or None,
            "moment": self.moment,
            "ready": self.ready,
            "lines": [_document(one) for one in self.lines],
        }

    def markdown(self) -> str:
        """Write it as Markdown with one table."""
        rows = [HEADS, ("---",) * len(HEADS), *(tuple(map(_escaped, _cells(one))) for one in self.lines)]
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        return f"# {_escaped(self.title)}\n\n{_escaped(self.said)}\n\n{table}\n"

    def html(self) -> str:
        """Write it as one page that needs nothing beside itself."""
        rows = [(one.verdict.state.value, _cells(one)) for one in self.lines]
        page: str = _template().render(
            title=self.title, said=self.said, heads=HEADS, rows=rows, ready=self.ready
        )
        return page


def _document(one: Answered) -> dict[str, Any]:
    return {
        "line": one.name,
        "asks": one.line.asks,
        "kind": one.kind,
        "state": one.verdict.state.value,
        "evidence": plain(one.verdict.evidence),
        "todo": plain(one.verdict.todo),
    }


def _cells(one: Answered) -> tuple[str, ...]:
    verdict = one.verdict
    cells = (one.line.asks, one.kind, verdict.state.value, verdict.evidence, verdict.todo)
    return tuple(plain(cell) or "-" for cell in cells)


@cache
def _template() -> Any:  # jinja2 has no type for a compiled one that mypy could follow here
    from jinja2 import Environment, StrictUndefined  # slow to import, and `--list` comes by here

    text = Path(__file__).with_name("sheet.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(text)
