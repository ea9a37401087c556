"""Mutants that are no mistakes: `rules/tests/equivalent/<subject>.yml` lists them, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pipelines.core.source import Source
from stack.documents import mapping
from stack.report import Problem
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipelines.rule_tests.mutation import Trial
    from stack.service import Stack

__all__ = ["Equivalent", "equivalents", "misnamed"]

FIELDS = ("alert", "mutant", "reason")


@dataclass(frozen=True, slots=True)
class Equivalent:
    """One entry: a mutant that does as the alert does, and why."""

    alert: str
    mutant: str
    reason: str
    where: str

    def is_of(self, trial: Trial) -> bool:
        """Say whether it is about a mutant."""
        return (self.alert, self.mutant) == (trial.mutant.rule.name, trial.mutant.name)


def equivalents(stack: Stack, files: Iterable[str], check: str) -> tuple[list[Equivalent], list[Problem]]:
    """Read the lists of some rule files (`rules/node.yml`); give the entries and what is wrong with others.

    Raises:
        OSError: a list cannot be read.
    """
    read = [one for file in files for source in _lists(stack, file) for one in _read(source, check)]
    found = [one for one in read if isinstance(one, Equivalent)]
    return found, [one for one in read if isinstance(one, Problem)]


def _lists(stack: Stack, file: str) -> Iterator[Source]:
    stem = PurePosixPath(file).stem
    rules = {**stack.idle_rules, **stack.rules}[stem]
    path = rules.parent / "tests" / "equivalent" / f"{stem}.yml"
    if path.is_file():
        yield Source(f"rules/tests/equivalent/{path.name}", path.read_bytes())


def _read(source: Source, check: str) -> Iterator[Equivalent | Problem]:
    entries = source.document
    if not isinstance(entries, list):
        said = "must be a list of mappings with alert, mutant and reason"
        yield Problem(check, source.name, said)
        return
    for at, entry in enumerate(entries):
        given = mapping(entry)
        if given.keys() == set(FIELDS) and all(isinstance(text, str) and text for text in given.values()):
            alert, mutant, reason = (given[name] for name in FIELDS)
            yield Equivalent(alert, mutant, reason, source.where(at))
        else:
            yield Problem(
                check, source.where(at), "an entry has an alert, a mutant and a reason, each a text"
            )


def misnamed(entries: Iterable[Equivalent], trials: Sequence[Trial], check: str) -> Iterator[Problem]:
    """Yield a problem for each entry that names no mutant, or one that the tests do see."""
    for entry in entries:
        of_alert = [trial for trial in trials if trial.mutant.rule.name == entry.alert]
        trial = next((trial for trial in of_alert if entry.is_of(trial)), None)
        if trial is None:
            known = {one.mutant.name for one in of_alert}
            alerts = {one.mutant.rule.name for one in trials}
            said = (
                f"{entry.alert} has no mutant '{entry.mutant}'"
                if known
                else f"there is no alert '{entry.alert}'"
            )
            hint = suggestion(entry.mutant, known) if known else suggestion(entry.alert, alerts)
            yield Problem(check, entry.where, said, hint=hint)
        elif trial.killed_by:
            said = f"the test '{trial.killed_by}' sees {entry.mutant} of {entry.alert}: it is not equivalent"
            yield Problem(check, entry.where, said, hint="take the entry out")
