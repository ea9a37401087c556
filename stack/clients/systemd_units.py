"""The units that we give to systemd: the stack with the machine, and jobs at their moments.

Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html and systemd.timer.html
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from stack.clients.systemd import UnitFile, is_system

if TYPE_CHECKING:
    from pathlib import Path

    from stack.clients.job import Job

__all__ = ["at_boot", "timed"]

SPREAD = "10min"
"""Within this time of its moment a timer starts its job, so that many machines do not store at once."""


def at_boot(name: str, folder: Path, description: str) -> UnitFile:
    """Give the unit that starts the native runtime's supervisor with the machine.

    Args:
        name: the unit's, without the ending.
        folder: that of supervisor's files.
        description: what it is, for a person.
    """
    supervisor = (_program(sys.executable), "-m")
    configuration = ("-c", _word(folder / "supervisord.conf"))
    service = (
        ("Type", "forking"),
        ("WorkingDirectory", _path(folder)),
        ("PIDFile", _path(folder / "supervisord.pid")),
        ("ExecStart", " ".join((*supervisor, "supervisor.supervisord", *configuration))),
        ("ExecStop", " ".join((*supervisor, "supervisor.supervisorctl", *configuration, "shutdown"))),
        ("Restart", "on-failure"),
        ("TimeoutStopSec", "60"),
    )
    sections = (
        ("Unit", (("Description", description), ("After", "network.target"))),
        ("Service", service),
        ("Install", (("WantedBy", "multi-user.target" if is_system() else "default.target"),)),
    )
    return UnitFile(f"{name}.service", sections)


def timed(job: Job) -> tuple[UnitFile, UnitFile]:
    """Give the service that runs a job once, and the timer that starts it.

    A moment that passed while the machine was off is made up for when it is on again.
    """
    network = "network-online.target"  # a unit of the system; a user's cannot wait for it
    waiting = (("Wants", network), ("After", network)) if is_system() else ()
    variables = (("Environment", _quoted(f"{name}={value}")) for name, value in job.variables.items())
    program, *words = job.argv
    command = " ".join((_program(program), *map(_word, words)))
    service = (("Type", "oneshot"), *variables, ("ExecStart", command))
    timer = (("OnCalendar", job.at), ("RandomizedDelaySec", SPREAD), ("Persistent", "true"))
    described = ("Description", job.description)
    return (
        UnitFile(f"{job.name}.service", (("Unit", (described, *waiting)), ("Service", service))),
        UnitFile(
            f"{job.name}.timer",
            (("Unit", (described,)), ("Timer", timer), ("Install", (("WantedBy", "timers.target"),))),
        ),
    )


def _path(path: Path) -> str:
    """Write a path that takes the rest of its line: systemd reads only specifiers into it."""
    return str(path).replace("%", "%%")


def _quoted(text: str) -> str:
    """Write a text so that systemd reads neither escape nor specifier into it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("%", "%%")
    return f'"{escaped}"'


def _program(path: object) -> str:
    """Write the first word of a command line: systemd looks for no variables in it."""
    return _quoted(str(path))


def _word(word: object) -> str:
    """Write another word of a command line, in which it would look for variables, too."""
    return _quoted(str(word)).replace("$", "$$")
