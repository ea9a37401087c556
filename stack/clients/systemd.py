"""systemd: unit files of ours, the system's where root asks, else the user's own.

Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stack.clients.command import run
from stack.errors import Refused
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["UnitFile", "disable", "enable", "is_here", "is_system", "refuse_odd_calendar", "told"]

SYSTEM = Path("/etc/systemd/system")
BOOTED = Path("/run/systemd/system")
"""There where a machine was started by systemd."""

Sections = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""`(("Unit", (("Description", "…"),)),)`: a setting may stand in a section more than once."""


@dataclass(frozen=True, slots=True)
class UnitFile:
    """A unit to be: its file's name, and its sections."""

    name: str
    sections: Sections

    @property
    def path(self) -> Path:
        """Where the file lies: with the system's for root, else with the user's own."""
        if is_system():
            return SYSTEM / self.name
        home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        return Path(home) / "systemd" / "user" / self.name

    @property
    def starts(self) -> bool:
        """Whether it is started by itself; a service of a timer is not."""
        return any(name == "Install" for name, _ in self.sections)

    def text(self) -> str:
        """Give the file's content."""
        parts = ([f"[{name}]", *(f"{key}={value}" for key, value in body)] for name, body in self.sections)
        return "\n\n".join("\n".join(part) for part in parts) + "\n"


def is_here() -> bool:
    """Say whether systemd runs this machine; a container has it often, and something else runs there.

    Source: https://www.freedesktop.org/software/systemd/man/latest/sd_booted.html
    """
    return BOOTED.is_dir() and shutil.which("systemctl") is not None


def is_system() -> bool:
    """Say whether units are the system's: root's are."""
    return os.geteuid() == 0


def enable(*units: UnitFile) -> None:
    """Write units and have them started with the machine; a user's need lingering to start before a login.

    A timer begins to count at once: with its new moments where it had others.

    Raises:
        CommandFailed: systemd refused.
    """
    for unit in units:
        write_atomically(unit.path, unit.text().encode())
    _systemctl("daemon-reload")
    for unit in units:
        if unit.starts:
            _systemctl("enable", unit.name)
        if unit.name.endswith(".timer"):
            _systemctl("restart", unit.name)
    if not is_system():
        run(["loginctl", "enable-linger"]).checked()


def disable(*units: UnitFile) -> None:
    """Take units away again; a service that runs goes on running, a timer counts no more.

    Raises:
        Refused: none of them is there.
        CommandFailed: systemd refused.
    """
    there = [unit for unit in units if unit.path.exists()]
    if not there:
        raise Refused(message=f"{units[0].path} does not exist: it was not enabled")
    for unit in there:
        if unit.starts:
            now = ("--now",) if unit.name.endswith(".timer") else ()
            _systemctl("disable", *now, unit.name)
        unit.path.unlink()
    _systemctl("daemon-reload")


def told(unit: UnitFile, *properties: str) -> Mapping[str, str]:
    """Give what systemd says of a unit: `{"ActiveState": "active"}`.

    Raises:
        CommandFailed: systemd refused.
    """
    said = _systemctl("show", f"--property={','.join(properties)}", unit.name)
    return dict(line.split("=", 1) for line in said.splitlines() if "=" in line)


def refuse_odd_calendar(expression: str) -> None:
    """Refuse what systemd does not know as moments, where it can be asked.

    Raises:
        Refused: it is none; a timer with it would never run.
    """
    # Whatever would be another line of the unit, or a specifier in this one, is no moment either.
    odd = not expression.isprintable() or "%" in expression or not expression.strip()
    if not odd and shutil.which("systemd-analyze"):
        odd = run(["systemd-analyze", "calendar", "--", expression]).code != 0
    if odd:
        message = f"{expression!r} names no moments"
        raise Refused(
            message=message, hint="write it as OnCalendar of systemd: `*-*-* 02:17:00`, `Mon 04:30`"
        )


def _systemctl(*words: str) -> str:
    scope = () if is_system() else ("--user",)
    return run(["systemctl", *scope, *words]).checked().stdout
