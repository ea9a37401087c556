"""A command that a clock runs, systemd's or cron's, with nobody there to type anything."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Job"]


@dataclass(frozen=True, slots=True)
class Job:
    """A command, and when it is to run.

    Args:
        name: its name among all of this machine: `backup-monitoring-prod`.
        description: what it does, for a person.
        at: the moments, in the words of the clock that is there.
        argv: the program by its whole path, and its arguments.
        variables: what it finds in its environment beside what the clock gives; never a secret.
    """

    name: str
    description: str
    at: str
    argv: tuple[str, ...]
    variables: Mapping[str, str]

    @property
    def line(self) -> str:
        """The command as one types it."""
        given = (f"{name}={shlex.quote(value)}" for name, value in self.variables.items())
        return " ".join((*given, shlex.join(self.argv)))
