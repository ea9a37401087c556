"""Equal warnings, told once: a generated file may have thousands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from stack.report import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sized

    from stack.report import Problem

    Placed = tuple[Problem, Callable[[], str]]

__all__ = ["and_more", "told_once"]


def told_once(found: Iterable[Placed]) -> Iterator[Problem]:
    """Yield every error, and of warnings that are equal but for their place the first, with their number.

    Args:
        found: the problems, each with what finds its place: that reads marks, which takes time.
    """
    warned: dict[Problem, list[Callable[[], str]]] = defaultdict(list)
    for problem, where in found:
        if problem.severity is Severity.ERROR:
            yield replace(problem, where=where())
        else:
            warned[problem].append(where)
    for problem, places in warned.items():
        yield replace(problem, where=places[0](), summary=problem.summary + and_more(places))


def and_more(places: Sized) -> str:
    """Say how many more places there are than the first, where there are."""
    return f", and in {len(places) - 1} more place(s)" if len(places) > 1 else ""
