"""From a name to an environment: its files and overrides, read, checked, and every mistake told at once."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from stack.assemble import services
from stack.crosscheck import job_names, unfit, unknown_names
from stack.environment import Environment
from stack.errors import EnvironmentInvalid
from stack.layers import environments, layer
from stack.mistakes import faults, mistakes
from stack.passthrough import references, shapes
from stack.places import Marked, problem
from stack.report import Report
from stack.rule_files import rule_stems
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stack.report import Problem

__all__ = ["Loaded", "load"]

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Loaded:
    """An environment, and where each part of it was written."""

    environment: Environment
    marked: Marked

    def where(self, *path: str | int) -> str:
        """Say where a value stands: `file:line:column: a.b.c`, by the longest known part of its path."""
        return self.marked.where(path)


def load(name: str, *, sites: Sequence[Path] = (), overrides: Sequence[str] = ()) -> Loaded:
    """Load an environment.

    Args:
        name: the stem of its file; a site's file comes before the shipped one.
        sites: overlay folders, later ones win.
        overrides: `path=value`, each in place of one value.

    Raises:
        EnvironmentInvalid: with every mistake in its files and overrides.
    """
    _refuse_unknown(name, sites)
    marked = layer(name, sites, overrides)
    _refuse(name, marked.problems if marked.document is None else ())
    marked, naming = _named(name, marked)
    environment, wrong = _validated(marked)
    _refuse(name, [*marked.problems, *naming, *wrong, *_crosschecked(environment, marked, sites)])
    assert environment is not None, "without mistakes there is an environment"
    return Loaded(environment, marked)


def _refuse(name: str, problems: Sequence[Problem]) -> None:
    if problems:
        raise EnvironmentInvalid(name=name, report=Report.of(problems))


def _refuse_unknown(name: str, sites: Sequence[Path]) -> None:
    lost = [problem(f"--site {site}", "there is no such folder") for site in sites if not site.is_dir()]
    known = environments(sites)
    if name not in known:
        summary = f"there is no such environment; there are {', '.join(known)}"
        lost.append(problem(f"--env {name}", summary, suggestion(name, known)))
    _refuse(name, lost)


def _named(name: str, marked: Marked) -> tuple[Marked, list[Problem]]:
    """Bring in what a file's name says, which the file itself cannot."""
    given = {key: value for key, value in marked.document.items() if key != "name"}
    labels = given.get("external_labels", {})
    if isinstance(labels, dict):
        labels = {"env": name, **labels}
    where = marked.where(("name",), key=True)
    wrong = [problem(where, "is the name of the file; leave it out")] if "name" in marked.document else []
    return replace(marked, document={**given, "name": name, "external_labels": labels}), wrong


def _validated(marked: Marked) -> tuple[Environment | None, tuple[Problem, ...]]:
    """Give the environment and its mistakes; a wrong value is left out, so that the rest can be checked."""
    try:
        return Environment.model_validate(marked.document), ()
    except ValidationError as error:
        return _without(faults(error, marked), marked), mistakes(error, marked)


def _without(paths: Sequence[tuple[str | int, ...]], marked: Marked) -> Environment | None:
    document = deepcopy(marked.document)
    for path in paths:
        _drop(document, path)
    try:
        return Environment.model_validate(document)
    except ValidationError:
        return None


def _drop(document: dict[str, Any], path: tuple[str | int, ...]) -> None:
    """Take a value out; from a list on, the whole list."""
    *outer, last = takewhile(lambda step: isinstance(step, str), path)
    node = document
    for step in outer:
        node = node.get(str(step), {})
    node.pop(str(last), None)


def _crosschecked(
    environment: Environment | None, marked: Marked, sites: Sequence[Path]
) -> Iterator[Problem]:
    defined, rules = services(), rule_stems((ROOT, *sites))
    bent = list(shapes(marked))
    yield from bent
    jobs = job_names(environment, defined) if environment and not bent else None
    yield from unknown_names(marked, defined, rules, jobs)
    if environment:
        yield from unfit(environment, marked, defined)
        yield from references(environment, marked)
