"""systemd: a unit that starts the native runtime's supervisor with the machine.

Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from stack.clients.command import run
from stack.errors import Refused
from stack.tree import write_atomically

__all__ = ["Unit", "disable", "enable"]

SYSTEM = Path("/etc/systemd/system")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit to be: its name without the ending, the folder of supervisor's files, a description."""

    name: str
    folder: Path
    description: str

    @property
    def path(self) -> Path:
        """Where the unit file lies: the system's for root, else the user's own."""
        if os.geteuid() == 0:
            return SYSTEM / f"{self.name}.service"
        home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        return Path(home) / "systemd" / "user" / f"{self.name}.service"

    def text(self) -> str:
        """Give the unit file."""
        configuration = _word(self.folder / "supervisord.conf")
        python = f"{_word(sys.executable)} -m supervisor"
        return "\n".join(
            (
                "[Unit]",
                f"Description={self.description}",
                "After=network.target",
                "",
                "[Service]",
                "Type=forking",
                f"WorkingDirectory={_path(self.folder)}",
                f"PIDFile={_path(self.folder / 'supervisord.pid')}",
                f"ExecStart={python}.supervisord -c {configuration}",
                f"ExecStop={python}.supervisorctl -c {configuration} shutdown",
                "Restart=on-failure",
                "TimeoutStopSec=60",
                "",
                "[Install]",
                f"WantedBy={'multi-user' if os.geteuid() == 0 else 'default'}.target",
                "",
            )
        )


def enable(unit: Unit) -> Path:
    """Write the unit and have it started with the machine; a user's needs lingering to start before a login.

    Raises:
        Refused: the machine has no systemd.
        CommandFailed: systemd refused.
    """
    _refuse_without_systemd()
    write_atomically(unit.path, unit.text().encode())
    _systemctl("daemon-reload")
    _systemctl("enable", unit.name)
    if os.geteuid():
        run(["loginctl", "enable-linger"]).checked()
    return unit.path


def disable(unit: Unit) -> None:
    """Take the unit away again; what runs goes on running.

    Raises:
        Refused: the machine has no systemd, or the unit was never enabled.
    """
    _refuse_without_systemd()
    if not unit.path.exists():
        raise Refused(message=f"{unit.path} does not exist: boot was not enabled")
    _systemctl("disable", unit.name)
    unit.path.unlink()
    _systemctl("daemon-reload")


def _path(path: Path) -> str:
    """Write a path that takes the rest of its line: systemd reads only specifiers into it."""
    return str(path).replace("%", "%%")


def _word(word: object) -> str:
    """Write one word of a command line, quoted as systemd reads it: no specifier, no variable, no escape."""
    text = str(word).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"'


def _refuse_without_systemd() -> None:
    if shutil.which("systemctl") is None:
        raise Refused(
            message="this machine has no systemctl",
            hint="let its own init run `invoke start` at boot",
        )


def _systemctl(*words: str) -> None:
    scope = () if os.geteuid() == 0 else ("--user",)
    run(["systemctl", *scope, *words]).checked()
