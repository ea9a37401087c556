"""What is wrong in dashboards, as problems: each at its place, a site's equal ones once for each file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from pipelines.checks._equal import told_once
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from pipelines.core.check import Inspection

    Look = Callable[[str, Mapping[str, Any]], Iterable["Seen"]]

__all__ = ["Seen", "house_rule"]


class Seen(NamedTuple):
    """One thing that is wrong: where in the dashboard, what it is, what to do."""

    place: str
    summary: str
    hint: str = ""


def house_rule(check: str, inspection: Inspection, look: Look) -> Iterator[Problem]:
    """Yield what breaks a house rule, as bad as the gate says.

    Args:
        check: the check's name.
        inspection: what holds the dashboards.
        look: gives what is wrong with one, by its name and model.
    """
    for name, model in inspection.dashboards.items():
        found = [
            (_problem(check, inspection, name, seen), partial(_where, name, seen))
            for seen in look(name, model)
        ]
        yield from told_once(found)


def _problem(check: str, inspection: Inspection, name: str, seen: Seen) -> Problem:
    return Problem(check, "", seen.summary, inspection.gate(name), hint=seen.hint)


def _where(name: str, seen: Seen) -> str:
    return f"{name}: {seen.place}" if seen.place else name
