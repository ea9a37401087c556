"""What a task can be told on its command line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stack.errors import EnvironmentInvalid, Refused
from stack.report import Problem, Report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stack.load import Loaded

__all__ = ["Option", "Options"]

FOLDER = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{0,39}")
OURS = frozenset({"backups", "base", "cache", "checklists", "runs"})


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a task: a flag where its default is a boolean, else a text.

    Args:
        name: its name, with underscores.
        help: what it does, in a few words.
        default: its value where it is not given.
        positional: whether it may be given without its name.
        many: whether it may be given several times.
    """

    name: str
    help: str
    default: str | bool = ""
    positional: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """What this run was told.

    Args:
        environment: the environment's name.
        sites: overlay folders outside the repository, later ones win.
        overrides: `path=value`, each in place of one value of the environment.
        json: whether the result is printed as JSON, and nothing else on standard output.
        values: the task's own options.
    """

    environment: str = "local"
    sites: tuple[Path, ...] = ()
    overrides: tuple[str, ...] = ()
    json: bool = False
    values: Mapping[str, str | bool | list[str]] = field(default_factory=dict)

    def refuse_odd_names(self) -> None:
        """Refuse an environment's name that would lead to another folder than its own below `var/`.

        Raises:
            EnvironmentInvalid: the name holds a slash or the like, or is that of a folder of ours.
        """
        name = self.environment
        if not FOLDER.fullmatch(name) or name in OURS:
            said = "is no name of an environment: a letter, then letters, digits, - and _; no folder of ours"
            problem = Problem("environment", f"--env {name}", said)
            raise EnvironmentInvalid(name=name, report=Report.of([problem]))

    def load(self) -> Loaded:
        """Load the environment that the run is about.

        Raises:
            EnvironmentInvalid: with every mistake in its files and overrides.
        """
        from stack.load import load  # brings pydantic along

        return load(self.environment, sites=self.sites, overrides=self.overrides)

    def text(self, name: str) -> str:
        """Give a text option; empty where it was not given."""
        return str(self.values.get(name) or "")

    def texts(self, name: str) -> tuple[str, ...]:
        """Give an option that may be given several times; empty where it was not given."""
        given = self.values.get(name)
        return tuple(given) if isinstance(given, list) else ()

    def number(self, name: str) -> int:
        """Give an option that must be a whole number.

        Raises:
            Refused: it is none.
        """
        text = self.text(name)
        if not text.isdecimal():
            raise Refused(message=f"--{name} takes a whole number, not '{text}'")
        return int(text)

    def flag(self, name: str) -> bool:
        """Give a flag."""
        return bool(self.values.get(name))
