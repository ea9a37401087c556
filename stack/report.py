"""Expected bad news as values: a report of problems, each with a place and a way out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Problem", "Report", "Severity"]


class Severity(IntEnum):
    """How bad a problem is; an error stops the pipeline, a warning is told, information is noted."""

    INFORMATION = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: what said so, where it lies (`file:line:column: path`), what to do."""

    check: str
    where: str
    summary: str
    severity: Severity = Severity.ERROR
    details: str = ""
    hint: str = ""

    def line(self) -> str:
        """Give the problem as one line, the place first, whatever is quoted in it."""
        place = f"{self.where}: " if self.where else ""
        whole = f"{place}{self.summary}" + (f" ({self.hint})" if self.hint else "")
        return whole.replace("\n", "\\n")


@dataclass(frozen=True, slots=True)
class Report:
    """Problems in a stable order; it is true when none of them is an error."""

    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Report:
        """Sort the problems, the worst first, and drop repeated ones."""
        return cls(tuple(sorted(set(problems), key=lambda problem: (-problem.severity, problem))))

    def __bool__(self) -> bool:
        return not self.errors

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a pipeline."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    def summary(self) -> str:
        """Say in one line how many there are, and the first of them where there is but one."""
        if len(self.errors) == 1:
            return self.errors[0].line()
        return f"{len(self.errors)} problem(s) found" if self.errors else "no problem found"

    def serialise(self) -> list[dict[str, Any]]:
        """Give the problems as JSON-ready mappings, severities by name."""
        return [asdict(problem) | {"severity": problem.severity.name.lower()} for problem in self.problems]
