"""Routing tests, `rules/tests/routing/<environment>.yml`: read, filled in, every mistake with its place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from stack.errors import DefinitionInvalid
from stack.marks import parse
from stack.mistakes import mistakes
from stack.places import Marked, problem
from stack.references import render_rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from stack.report import Problem
    from stack.service import Stack

__all__ = ["InhibitionCase", "Read", "RouteCase", "RoutingTests", "TimeCase", "read"]

CHECK = "routing_tests"
"""The name under which mistakes of the file are told."""

T = TypeVar("T")


def _labels(labels: dict[str, str]) -> dict[str, str]:
    if not labels or not all(labels.values()):
        message = "must name at least one label, and none without a value: that is a label which is not there"
        raise ValueError(message)
    return labels


def _some(cases: tuple[T, ...]) -> tuple[T, ...]:
    if not cases:
        message = "must not be empty: nothing would be tested"
        raise ValueError(message)
    return cases


def _several(firing: tuple[T, ...]) -> tuple[T, ...]:
    if len(firing) < 2:
        message = "must hold two alerts at least: one alone cannot be inhibited"
        raise ValueError(message)
    return firing


def _moment(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        message = "must be a moment with its zone, as in 2026-11-28T03:00:00+01:00"
        raise ValueError(message)
    return moment


LabelSet = Annotated[dict[str, str], AfterValidator(_labels)]
# YAML has lists only, and a strict tuple takes none.
Names = Annotated[tuple[str, ...], Field(strict=False)]


class _Part(BaseModel):
    """A part of the file: unknown keys are mistakes, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Case(_Part):
    """One case.

    Args:
        name: what it shows, as a sentence.
        needs: the services without which it is not asked.
    """

    name: str = Field(min_length=1)
    needs: Names = ()


class RouteCase(_Case):
    """Who is told of an alert, in which group.

    Args:
        labels: the alert's.
        receivers: all who are told, in their order, each as often as it is told.
        group: the labels of its group at the first of them.
        groups: the labels of its group at a named one.
    """

    labels: LabelSet
    receivers: Annotated[Names, AfterValidator(_some)]
    group: LabelSet | None = None
    groups: dict[str, LabelSet] = {}

    @property
    def grouped(self) -> dict[str, dict[str, str]]:
        """The labels of its group by receiver, as far as the case says."""
        first = {self.receivers[0]: self.group} if self.group is not None else {}
        return {**first, **self.groups}


class InhibitionCase(_Case):
    """Which of the alerts that fire together are told; all others are inhibited.

    Args:
        firing: the labels of each.
        told: their names, or their positions from 0.
    """

    firing: Annotated[tuple[LabelSet, ...], Field(strict=False), AfterValidator(_several)]
    told: Annotated[tuple[str | int, ...], Field(strict=False)]

    def is_told(self, position: int) -> bool:
        """Whether an alert is to be told."""
        return position in self.told or self.firing[position].get("alertname") in self.told

    @property
    def strangers(self) -> list[str | int]:
        """What `told` names and nothing fires as."""
        known = {*range(len(self.firing)), *(labels.get("alertname") for labels in self.firing)}
        return [one for one in self.told if one not in known]


class TimeCase(_Case):
    """Who is told of an alert at a moment.

    Args:
        labels: the alert's.
        at: the moment.
        muted: whether nobody is told then, or everybody who is told otherwise.
        receivers: all who are told then, in their order.
    """

    labels: LabelSet
    at: Annotated[datetime, BeforeValidator(_moment)]
    muted: bool | None = None
    receivers: Names | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> TimeCase:
        if (self.muted is None) is (self.receivers is None):
            message = "must say either `muted` or `receivers`"
            raise ValueError(message)
        return self


class RoutingTests(_Part):
    """All cases of an environment."""

    routes: Annotated[tuple[RouteCase, ...], Field(strict=False), AfterValidator(_some)]
    inhibitions: Annotated[tuple[InhibitionCase, ...], Field(strict=False)] = ()
    times: Annotated[tuple[TimeCase, ...], Field(strict=False)] = ()


Case = TypeVar("Case", bound=_Case)

KINDS: dict[str, type[_Case]] = {"routes": RouteCase, "inhibitions": InhibitionCase, "times": TimeCase}


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a file.

    Args:
        text: the file, filled in.
        problems: all that is wrong with it; there are no cases then.
    """

    text: bytes = b""
    problems: tuple[Problem, ...] = ()
    _tests: RoutingTests | None = None
    _marked: Marked = field(default_factory=Marked)
    _running: frozenset[str] = frozenset()

    def routes(self) -> Iterator[tuple[str, RouteCase]]:
        """Yield the cases of routes that are to be asked, each after its place."""
        return self._asked("routes", self._tests.routes if self._tests else ())

    def inhibitions(self) -> Iterator[tuple[str, InhibitionCase]]:
        """Yield those of inhibitions."""
        return self._asked("inhibitions", self._tests.inhibitions if self._tests else ())

    def times(self) -> Iterator[tuple[str, TimeCase]]:
        """Yield those of times."""
        return self._asked("times", self._tests.times if self._tests else ())

    def _asked(self, kind: str, cases: tuple[Case, ...]) -> Iterator[tuple[str, Case]]:
        for index, case in enumerate(cases):
            if self._running.issuperset(case.needs):
                yield self._marked.where((kind, index)), case


def read(path: Path, stack: Stack) -> Read:
    """Read the routing tests of an environment, `${{ … }}` filled in."""
    name = f"rules/tests/routing/{path.name}"
    try:
        text = render_rules(path, stack.environment)
        marked = parse(text.decode(), name)
    except DefinitionInvalid as error:
        where = f"{name}:{str(error.fields['file']).rpartition(':')[2]}"
        return Read(problems=(_ours(problem(where, str(error.fields["message"]))),))
    except (OSError, UnicodeDecodeError) as error:
        return Read(problems=(_ours(problem(name, f"cannot be read: {error}")),))
    if marked.problems:
        return Read(text, tuple(map(_ours, marked.problems)))
    if not isinstance(marked.document, dict):
        return Read(text, (_ours(problem(f"{name}:1:1", "must hold keys and values, `routes:` first")),))
    try:
        tests = RoutingTests.model_validate(marked.document)
    except ValidationError as error:
        return Read(text, tuple(map(_ours, mistakes(error, marked, _keys))))
    return Read(text, (), tests, marked, frozenset(stack.services))


def _ours(found: Problem) -> Problem:
    return replace(found, check=CHECK)


def _keys(detail: ErrorDetails) -> set[str]:
    model = KINDS.get(str(detail["loc"][0]), RoutingTests) if len(detail["loc"]) > 1 else RoutingTests
    return set(model.model_fields)
