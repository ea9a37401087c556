"""Stages and pipelines: small typed functions that hand one value on."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from stack.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.core.effects import Effects
    from pipelines.core.options import Option

__all__ = ["Pipeline", "Stage", "from_disk", "stage"]

In = TypeVar("In")
Out = TypeVar("Out")
Next = TypeVar("Next")


@dataclass(frozen=True, slots=True)
class Stage(Generic[In, Out]):
    """One step of a pipeline: its function's name and first docstring line are the task's.

    Args:
        load: for a value that is kept on disk: gives it, so that the stage can be a task by itself.
        options: what the stage alone can be told, beside what its pipeline can.
    """

    name: str
    summary: str
    run: Callable[[In, Effects], Out]
    load: Callable[[Effects], In] | None = None
    options: tuple[Option, ...] = ()


def stage(function: Callable[[In, Effects], Out]) -> Stage[In, Out]:
    """Make a stage of a function."""
    summary = (inspect.getdoc(function) or "").partition("\n")[0]
    return Stage(function.__name__, summary, function)


def from_disk(load: Callable[[Effects], In], *options: Option) -> Callable[[Stage[In, Out]], Stage[In, Out]]:
    """Say how a stage gets its value where it is run alone, and what it can be told then."""
    return lambda step: replace(step, load=load, options=options)


@dataclass(frozen=True, slots=True)
class Pipeline(Generic[In, Out]):
    """Stages joined end to end; joining them in a wrong order is a type error."""

    stages: tuple[Stage[Any, Any], ...]
    guarded: frozenset[str] = frozenset()
    recover: Callable[[StackError, Effects], None] | None = None

    @classmethod
    def of(cls, first: Stage[In, Out]) -> Pipeline[In, Out]:
        """Begin a pipeline with its first stage."""
        return cls((first,))

    def then(self, following: Stage[Out, Next]) -> Pipeline[In, Next]:
        """Add the stage that takes what the last one gives."""
        return Pipeline((*self.stages, following), self.guarded, self.recover)

    def recovering(
        self, *guarded: Stage[Any, Any], by: Callable[[StackError, Effects], None]
    ) -> Pipeline[In, Out]:
        """Say what sets things right when one of these stages fails; the failure is raised all the same."""
        return replace(self, guarded=frozenset(step.name for step in guarded), recover=by)

    def until(self, name: str) -> Pipeline[In, Any]:
        """Give the prefix that ends with the named stage: the dry run of what follows it."""
        names = [step.name for step in self.stages]
        return replace(self, stages=self.stages[: names.index(name) + 1])

    def run(self, value: In, effects: Effects) -> Out:
        """Run every stage on what the one before it gave."""
        result: Any = value
        for step in self.stages:
            result = self._step(step, result, effects)
        final: Out = result
        return final

    def _step(self, step: Stage[Any, Any], value: Any, effects: Effects) -> Any:  # one of many types
        try:
            with effects.journal.stage(step.name), effects.console.stage(step.name):
                return step.run(value, effects)
        except StackError as error:
            if step.name in self.guarded and self.recover:
                self.recover(error, effects)
            raise
