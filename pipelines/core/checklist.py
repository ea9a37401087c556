"""What a line of the checklist is: a thing that must hold, its evidence, and what to do where it does not."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipelines.core.history import newest
from pipelines.core.recall import recall_live
from stack.discover import definitions
from stack.duration import spoken
from stack.errors import CheckFailed, EditsAtRisk, NothingKept, Refused, StackError
from stack.moment import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipelines.core.effects import Effects
    from stack.load import Loaded
    from stack.runtimes.protocol import Release

__all__ = ["Answered", "Line", "Look", "State", "Verdict", "answered", "green", "red", "unknown"]


class State(Enum):
    """Whether a thing holds; `unknown` is no better than `red`: nobody has shown that it does."""

    GREEN = "green"
    RED = "red"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a line.

    Args:
        state: whether it holds.
        evidence: what says so.
        todo: what to do; empty where nothing is.
    """

    state: State
    evidence: str
    todo: str = ""


def green(evidence: str, todo: str = "") -> Verdict:
    """Say that a thing holds."""
    return Verdict(State.GREEN, evidence, todo)


def red(evidence: str, todo: str) -> Verdict:
    """Say that a thing does not hold."""
    return Verdict(State.RED, evidence, todo)


def unknown(evidence: str, todo: str) -> Verdict:
    """Say that nothing tells whether it holds."""
    return Verdict(State.UNKNOWN, evidence, todo)


@dataclass(frozen=True)
class Look:
    """What the lines look at: the files, the journal, and what is live.

    Args:
        effects: the doors to it.
        loaded: the environment, as its files have it now.
        now: the moment of the checklist, in unix seconds.
    """

    effects: Effects
    loaded: Loaded
    now: float

    @cached_property
    def release(self) -> Release:
        """The release that is live.

        Raises:
            NothingKept: nothing was deployed yet.
        """
        if self.effects.runtime.live().release is None:
            message = f"nothing is deployed in environment {self.effects.options.environment}"
            raise NothingKept(message=message, hint=self.command("deploy"))
        return recall_live(self.effects)

    def newest(self, *tasks: str, about: str = "", **facts: object) -> Mapping[str, Any] | None:
        """Give the newest record of any of these tasks; None where there is none.

        Args:
            tasks: full names.
            about: a fact that must be there, as `checks`.
            facts: facts of just these values.
        """

        def wanted(record: Mapping[str, Any]) -> bool:
            return (not about or about in record) and facts.items() <= record.items()

        return newest(self.effects, *tasks, where=wanted)

    def value(self, name: str) -> float:
        """Give a number of the environment's `values`.

        Raises:
            Refused: it is none.
        """
        try:
            return float(self.loaded.environment.values[name])
        except (KeyError, TypeError, ValueError) as error:
            raise Refused(
                message=f"values.{name} is no number", hint=f"give one: --set values.{name}=…"
            ) from error

    def told(self, record: Mapping[str, Any]) -> str:
        """Say which run a record is of, when it began, and how long ago that was."""
        began = float(record["began"])
        return f"{record['task']} of {clock(began)}, {spoken(max(0.0, self.now - began))} ago"

    def command(self, task: str) -> str:
        """Write a task as one types it for this environment."""
        options = self.effects.options
        sites = (word for site in options.sites for word in ("--site", str(site)))
        return shlex.join(["invoke", *task.split(), "--env", options.environment, *sites])


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Args:
        asks: what must hold, as a sentence.
        run: gives its verdict; an error of ours becomes one.
        mandatory: whether an environment is not ready without it.
    """

    asks: str
    run: Callable[[Look], Verdict]
    mandatory: bool = True


@dataclass(frozen=True, slots=True)
class Answered:
    """A line by its name, and what became of it."""

    name: str
    line: Line
    verdict: Verdict

    @property
    def kind(self) -> str:
        """How much depends on it."""
        return "mandatory" if self.line.mandatory else "advisory"

    @property
    def holds_back(self) -> bool:
        """Whether the environment is not ready because of it."""
        return self.line.mandatory and self.verdict.state is not State.GREEN


def answered(look: Look) -> tuple[Answered, ...]:
    """Ask every line, the mandatory ones first, each kind by name."""
    every = definitions("pipelines.checklists", "LINE", Line)
    ordered = sorted(every.items(), key=lambda pair: (not pair[1].mandatory, pair[0]))
    return tuple(Answered(name, line, _asked(name, line, look)) for name, line in ordered)


def _asked(name: str, line: Line, look: Look) -> Verdict:
    """Ask one line; what it cannot find out leaves the others as they are."""
    look.effects.console.doing(name)
    try:
        return line.run(look)
    except (CheckFailed, EditsAtRisk) as found:
        return red(str(found), found.advice)
    except StackError as missing:
        return unknown(str(missing), missing.advice)
    except Exception as bug:  # noqa: BLE001 # of a record that others wrote, too: the rest is still told
        return unknown(f"the line itself failed: {type(bug).__name__}: {bug}", "")
