"""The only door to other programs: argv in, what they said out, never a shell."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["TIED", "TOO_LONG", "Completed", "attended", "exchange", "followed", "run", "running"]

PATIENCE = 5.0
"""Seconds that a program which is told to end has for it."""

TOO_LONG = 124
"""The exit code that a program has for us where we have killed it for its time, as for `timeout`."""

TIED = ("setpriv", "--pdeathsig", "KILL", "--")
"""Stands before a program that is to end with us, whatever happens to us."""


@dataclass(frozen=True, slots=True)
class Completed:
    """How a program ended: its exit code and all that it wrote."""

    argv: tuple[str, ...]
    code: int
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        """What it wrote to both streams, stderr last."""
        return "\n".join(part.strip() for part in (self.stdout, self.stderr) if part.strip())

    def checked(self) -> Completed:
        """Give itself back where the exit code is 0.

        Raises:
            CommandFailed: with the program's last line.
        """
        if self.code:
            last = (self.said or "(nothing)").splitlines()[-1]
            raise CommandFailed(program=os.path.basename(self.argv[0]), code=self.code, said=last)  # noqa: PTH119
        return self


def run(  # noqa: PLR0913 # what a process is started with
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    inherit: bool = True,
    cwd: Path | None = None,
    stdin: str | None = None,
    timeout: float = 120.0,
) -> Completed:
    """Run a program to its end and keep what it wrote.

    Args:
        argv: the program and its arguments.
        env: variables on top of the own environment.
        inherit: whether it gets the own environment at all.
        cwd: the folder to run in.
        stdin: text for its standard input; without it the input is empty.
        timeout: seconds after which it is killed.

    Raises:
        CommandFailed: it is missing, cannot be executed, or took too long.
    """
    words = tuple(map(str, argv))
    with _expected(words[0], timeout):
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=cwd,
            timeout=timeout,
            check=False,
            input=stdin or "",
            env={**(os.environ if inherit else {}), **(env or {})},
        )
    return Completed(words, done.returncode, done.stdout, done.stderr)


def exchange(
    argv: Sequence[str | Path], stdin: bytes = b"", *, timeout: float = 120.0
) -> tuple[Completed, bytes]:
    """Run a program to its end; give how it ended, and byte for byte what it wrote to standard output.

    Args:
        argv: the program and its arguments.
        stdin: what is on its standard input.
        timeout: seconds after which it is killed.

    Raises:
        CommandFailed: it is missing, cannot be executed, or took too long.
    """
    words = tuple(map(str, argv))
    with _expected(words[0], timeout):
        done = subprocess.run(words, capture_output=True, timeout=timeout, check=False, input=stdin)
    text, told = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    return Completed(words, done.returncode, text, told), done.stdout


def followed(
    argv: Sequence[str | Path],
    hear: Callable[[str], bool],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    timeout: float,
) -> Completed:
    """Run a program to its end, hear each line of its standard output at once, and keep the others.

    Args:
        argv: the program and its arguments.
        hear: takes a line, and says whether it need not be kept.
        env: variables on top of the own environment.
        cwd: the folder to run in.
        timeout: seconds after which it is killed.

    Raises:
        CommandFailed: it is missing, cannot be executed, or took too long.
    """
    words = tuple(map(str, argv))
    with _expected(words[0], timeout), tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            errors="replace",
            cwd=cwd,
            env={**os.environ, **env},
        )
        kept = _heard(process, hear, timeout)
        errors.seek(0)
        return Completed(words, process.returncode, kept, errors.read().decode(errors="replace"))


def _heard(process: subprocess.Popen[str], hear: Callable[[str], bool], timeout: float) -> str:
    """Hear a program to its end, and give the lines that were to be kept."""
    killed = threading.Event()

    def kill() -> None:
        killed.set()
        process.kill()

    late = threading.Timer(timeout, kill)
    late.start()
    try:
        assert process.stdout, "it writes to us"
        with process.stdout as lines:
            kept = "".join(line for line in lines if not hear(line))
        process.wait()
    finally:
        late.cancel()
        _end(process)
    if killed.is_set():
        raise subprocess.TimeoutExpired(process.args, timeout)
    return kept


@contextmanager
def _expected(program: str, timeout: float) -> Iterator[None]:
    """Tell of a program that could not be run to its end.

    Raises:
        CommandFailed: it is missing, cannot be executed, or took too long.
    """
    try:
        yield
    except OSError as error:
        raise CommandFailed(program=program, code=127, said=error.strerror or str(error)) from error
    except subprocess.TimeoutExpired as error:
        raise CommandFailed(program=program, code=TOO_LONG, said=f"no end after {timeout:.0f} s") from error


def attended(argv: Sequence[str | Path]) -> int:
    """Run a program on our own terminal, as an editor is, and give its exit code.

    Ctrl-C is for the program: we wait for its end.

    Raises:
        CommandFailed: it is missing or cannot be executed.
    """
    words = [str(word) for word in argv]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.run(words, check=False, preexec_fn=_interruptible).returncode
    except OSError as error:
        raise CommandFailed(program=words[0], code=127, said=error.strerror or str(error)) from error
    finally:
        signal.signal(signal.SIGINT, before)


def _interruptible() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def running(argv: Sequence[str | Path], *, cwd: Path, log: Path) -> Iterator[Callable[[], int | None]]:
    """Let a program run meanwhile; it ends with the block, or with us, whatever happens to us.

    Args:
        argv: the program and its arguments.
        cwd: the folder to run in.
        log: the file that takes all that it writes.

    Yields:
        What says how it has ended: its exit code, None while it runs.

    Raises:
        CommandFailed: it is missing or cannot be executed.
    """
    words = (*TIED, *(str(word) for word in argv))
    try:
        with log.open("wb") as output:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd)
    except OSError as error:
        raise CommandFailed(program=words[0], code=127, said=error.strerror or str(error)) from error
    try:
        yield process.poll
    finally:
        _end(process)


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
