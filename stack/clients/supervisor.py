"""Supervisor: starts our processes, restarts what dies, rotates their logs."""

from __future__ import annotations

import http.client
import os
import re
import shlex
import sys
import tempfile
import time
import xmlrpc.client
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import psutil

from stack.clients.command import run
from stack.errors import DefinitionInvalid, Refused
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = ["Program", "Running", "Supervisor"]

KEPT_VARIABLES = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ")
"""All that a service gets of the environment of whoever deploys."""

SHORT_FOLDER = "/tmp"  # noqa: S108 # the socket is made at 0700, and its name is one of ours
LONGEST_SOCKET = 100
"""Bytes in the path of a unix socket; the kernel's limit is 108 with the closing zero."""

CUT = re.compile(r"\s[;#]|[\n\r]")
"""What the configuration's format takes for the beginning of a comment, or for the end of the line."""


@dataclass(frozen=True, slots=True)
class Program:
    """One process to be kept alive: its argv, variables, working folder and log."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    folder: Path
    log: Path


@dataclass(frozen=True, slots=True)
class Running:
    """What supervisor says of a process: its state by supervisor's own names, its pid, its start."""

    name: str
    state: str
    pid: int
    since: float
    said: str


class Supervisor:
    """One supervisord with its configuration and socket in a folder of its own.

    Source: http://supervisord.org/api.html
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.configuration = folder / "supervisord.conf"
        self.socket = _socket(folder)

    def alive(self) -> bool:
        """Say whether the daemon answers."""
        return bool(self._try("getState"))

    def processes(self) -> tuple[Running, ...]:
        """List what it holds; empty where no daemon answers."""
        return tuple(
            Running(
                name=info["name"],
                state=info["statename"],
                pid=info["pid"],
                since=float(info["start"]),
                said=info["spawnerr"] or info["description"],
            )
            for info in self._try("getAllProcessInfo") or ()
        )

    def text(self, programs: tuple[Program, ...]) -> bytes:
        """Give the configuration.

        Raises:
            DefinitionInvalid: an argument or a variable holds what the configuration's format cannot.
        """
        return ("\n".join(self._lines(programs)) + "\n").encode()

    def write(self, programs: tuple[Program, ...]) -> None:
        """Write the configuration; the daemon reads it at `launch` or `replace`."""
        write_atomically(self.configuration, self.text(programs))

    def launch(self) -> None:
        """Start the daemon, which starts every program.

        Raises:
            Refused: it did not come up.
        """
        argv = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self.configuration)]
        # What the deployer has in the environment may be secret, and every service would inherit it.
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        done = run(argv, cwd=self.folder, env={**kept, "PYTHONWARNINGS": "ignore"}, inherit=False)
        if done.code or not _wait(self.alive):
            lines = done.said.splitlines() or ["it does not answer on its socket"]
            said = next((line for line in lines if line.startswith("Error: ")), lines[-1])
            raise Refused(message=f"supervisor did not start: {said.removeprefix('Error: ')}")

    def replace(self, remove: tuple[str, ...], add: tuple[str, ...]) -> None:
        """Read the configuration again, then stop and forget some programs, and start others.

        Raises:
            Refused: the daemon cannot do one of these.
        """
        known = {process.name for process in self.processes()}
        with self._asked() as daemon:
            daemon.reloadConfig()
            for name in [name for name in remove if name in known]:
                daemon.stopProcessGroup(name)
                daemon.removeProcessGroup(name)
            for name in add:
                daemon.addProcessGroup(name)

    def halt(self, name: str) -> None:
        """Stop one program, and wait until it has ended; it stays known."""
        with self._asked() as daemon, suppress(xmlrpc.client.Fault):  # it may not run
            daemon.stopProcess(name)

    def restart(self, name: str) -> None:
        """Stop one program and start it again.

        Raises:
            Refused: the daemon holds no such program.
        """
        self.halt(name)
        with self._asked() as daemon:
            daemon.startProcess(name, False)  # noqa: FBT003 # the API's own order: name, wait

    def shutdown(self) -> None:
        """Stop every program and the daemon, and wait until both are gone."""
        pid = self._try("getPID")
        if pid and self._try("shutdown"):
            _wait(lambda: not _exists(pid))

    def _try(self, method: str) -> Any:  # each method has its own answer
        try:
            with self._asked() as daemon:
                return getattr(daemon, method)()
        except (OSError, Refused, xmlrpc.client.Error, http.client.HTTPException):
            return None

    @contextmanager
    def _asked(self) -> Iterator[Any]:  # the daemon's own API
        from supervisor.xmlrpc import SupervisorTransport  # slow to import

        transport = SupervisorTransport("", "", serverurl=f"unix://{self.socket}")
        try:
            with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as proxy:
                yield proxy.supervisor
        except xmlrpc.client.Fault as fault:
            raise Refused(message=f"supervisor refused: {fault.faultString}") from fault

    def _lines(self, programs: tuple[Program, ...]) -> Iterator[str]:
        yield from ("[unix_http_server]", f"file={_escaped(self.socket)}", "chmod=0700", "")
        yield from ("[rpcinterface:supervisor]",)
        yield "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface"
        yield from ("", "[supervisord]", f"logfile={_escaped(self.folder / 'supervisord.log')}")
        yield from ("logfile_maxbytes=5MB", "logfile_backups=2", "silent=true")
        yield from (f"pidfile={_escaped(self.folder / 'supervisord.pid')}", "minfds=1024")
        for program in programs:
            yield from ("", *_section(program))


def _wait(condition: Callable[[], bool]) -> bool:
    for _ in range(700):
        if condition():
            return True
        time.sleep(0.05)
    return False


def _exists(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _section(program: Program) -> Iterator[str]:
    # The process dies with its supervisor, so that none is left holding a port that nobody looks after.
    argv = ("setpriv", "--pdeathsig", "TERM", "--", *program.argv)
    variables = ",".join(f"{name}={_quoted(value)}" for name, value in sorted(program.env.items()))
    yield f"[program:{program.name}]"
    yield f"command={_escaped(shlex.join(argv))}"
    yield f"directory={_escaped(program.folder)}"
    yield f"environment={_escaped(variables)}"
    yield f"stdout_logfile={_escaped(_escaped(program.log))}"  # supervisor expands this one twice
    yield "redirect_stderr=true"
    yield "stdout_logfile_maxbytes=10MB"
    yield "stdout_logfile_backups=3"
    yield "autorestart=true"
    yield "startsecs=1"
    # It never gives up: a disk that was full or a port that was taken may be free again at 3 a.m.
    yield "startretries=1000000"
    yield "stopwaitsecs=30"


def _quoted(value: str) -> str:
    """Quote a variable's value: supervisor knows no escape, and takes off all quotes at both ends."""
    quote = "'" if '"' in value else '"'
    if quote in value or value != value.strip("'\""):
        message = "holds both kinds of quotes, or one at its end, which supervisor would not pass on"
        raise DefinitionInvalid(file=value, message=message)
    return f"{quote}{value}{quote}"


def _escaped(value: object) -> str:
    text = str(value)
    if CUT.search(text):
        message = "holds ' ;', ' #' or a line break, which supervisor would read as a comment"
        raise DefinitionInvalid(file=text, message=message)
    return text.replace("%", "%%")


def _socket(folder: Path) -> str:
    """Give the socket's path; a folder too deep for one has it among temporary files, the user's or all."""
    name = f"monitoring-{os.getuid()}-{sha256(os.fsencode(folder)).hexdigest()[:16]}.sock"
    paths = (f"{folder}/supervisor.sock", f"{tempfile.gettempdir()}/{name}", f"{SHORT_FOLDER}/{name}")
    return next(path for path in paths if len(os.fsencode(path)) <= LONGEST_SOCKET)
