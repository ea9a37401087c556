"""The door to other programs: argv in, what they said out, whatever goes wrong as one line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from stack.clients import command
from stack.clients.command import Completed, exchange, run, running
from stack.errors import CommandFailed
from tests.lab import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TELL = "import os, sys; print({}); sys.exit({})"


def python(expression: str, code: int = 0) -> list[str]:
    return [sys.executable, "-c", TELL.format(expression, code)]


def test_what_a_program_wrote_and_its_code_are_kept() -> None:
    done = run([sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"])

    assert (done.code, done.stdout, done.stderr) == (3, "out\n", "err\n")
    assert done.said == "out\nerr"


def test_bytes_are_exchanged_as_they_are() -> None:
    every = bytes(range(256)) + b"\r\n"
    copy = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()); sys.exit('no')"
    done, out = exchange([sys.executable, "-c", copy], every)

    assert out == every
    assert (done.code, done.stderr) == (1, "no\n")


def test_what_cannot_be_exchanged_is_told_as_it_is_of_any_program(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="nope ended with 127: No such file"):
        exchange([tmp_path / "nope"])
    with pytest.raises(CommandFailed, match="no end after 0 s"):
        exchange(["sleep", "9"], timeout=0.1)


def test_words_reach_the_program_as_they_are_and_no_shell_sees_them(tmp_path: Path) -> None:
    words = ["$HOME", "a b", "'", '"', ";", "*", ""]

    assert run([*python("sys.argv[1:]"), *words, tmp_path]).stdout == f"{[*words, str(tmp_path)]}\n"


def test_variables_are_inherited_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYER", "made up")
    ask = python("os.environ.get('DEPLOYER'), os.environ.get('OWN')")

    assert run(ask, env={"OWN": "1"}).stdout == "made up 1\n"
    assert run(ask, env={"OWN": "1"}, inherit=False).stdout == "None 1\n"


@pytest.fixture
def typed() -> Iterator[None]:
    """Have something on our own standard input."""
    kept, (reading, writing) = os.dup(0), os.pipe()
    os.write(writing, b"typed")
    os.dup2(reading, 0)
    yield
    os.dup2(kept, 0)
    for descriptor in (kept, reading, writing):
        os.close(descriptor)


def test_standard_input_is_what_is_given_or_empty_and_never_our_own(typed: None) -> None:
    assert run(python("repr(sys.stdin.read())")).stdout == "''\n"
    assert run(python("repr(sys.stdin.read())"), stdin="a\nb").stdout == "'a\\nb'\n"


def test_it_runs_in_the_folder_that_is_given(tmp_path: Path) -> None:
    assert run(python("os.getcwd()"), cwd=tmp_path).stdout == f"{tmp_path}\n"


def test_bytes_that_are_no_text_do_not_hide_the_rest() -> None:
    assert run([sys.executable, "-c", r"import os; os.write(1, b'a\xffb')"]).stdout == "a\ufffdb"


def test_a_failure_is_told_by_its_program_its_code_and_its_last_line() -> None:
    with pytest.raises(CommandFailed) as caught:
        Completed(("/opt/bin/tool", "x"), 2, "first\n\n", "  then\nlast \n").checked()
    assert str(caught.value) == "tool ended with 2: last"

    with pytest.raises(CommandFailed, match=r"ended with 1: \(nothing\)"):
        Completed(("tool",), 1, "", " \n").checked()
    assert Completed(("tool",), 0, "", "").checked().code == 0


def test_a_program_that_is_missing_or_cannot_be_run_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    for path, reason in (("nope", "No such file or directory"), ("data", "Permission denied")):
        with pytest.raises(CommandFailed) as caught:
            run([tmp_path / path])
        assert str(caught.value) == f"{tmp_path / path} ended with 127: {reason}"


def test_a_program_that_takes_too_long_is_killed_and_told() -> None:
    with pytest.raises(CommandFailed, match="ended with 124: no end after 0 s"):
        run([sys.executable, "-c", "import time; time.sleep(600)"], timeout=0.2)


def test_a_program_runs_for_as_long_as_the_block_and_what_it_writes_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "log"
    wait = [sys.executable, "-uc", "import os, time; print(os.getpid(), os.getcwd()); time.sleep(60)"]
    with running(wait, cwd=tmp_path, log=log) as ended:
        assert until(lambda: log.read_text().endswith("\n"))
        assert ended() is None
    pid, folder = log.read_text().split()

    assert folder == str(tmp_path)
    assert not psutil.pid_exists(int(pid))


def test_one_that_does_not_want_to_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "PATIENCE", 0.1)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on'); time.sleep(60)"
    log = tmp_path / "log"
    with running([sys.executable, "-uc", deaf], cwd=tmp_path, log=log) as ended:
        assert until(log.read_text)

    assert ended() == -signal.SIGKILL


def test_one_that_ends_by_itself_says_how(tmp_path: Path) -> None:
    with running([*python("1", code=7)], cwd=tmp_path, log=tmp_path / "log") as ended:
        assert until(lambda: ended() is not None)
        assert ended() == 7


def test_one_that_cannot_run_is_an_error_or_says_so(tmp_path: Path) -> None:
    with running([tmp_path / "missing"], cwd=tmp_path, log=tmp_path / "log") as ended:
        assert until(lambda: ended() is not None)
    assert "missing" in (tmp_path / "log").read_text()
    with (
        pytest.raises(CommandFailed, match="No such file"),
        running(["true"], cwd=tmp_path / "nowhere", log=tmp_path / "log"),
    ):
        pass


MEANWHILE = """
import pathlib, sys, time
from stack.clients.command import running
with running(['sleep', '60'], cwd=pathlib.Path('.'), log=pathlib.Path(sys.argv[1])):
    time.sleep(60)
"""
RUN = """
from stack.clients.command import TIED, run
run([*TIED, 'sleep', '60'])
"""


@pytest.mark.parametrize("parent", [MEANWHILE, RUN])
def test_a_program_dies_with_us_even_where_we_are_killed(parent: str, tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", parent, tmp_path / "log"])
    [child] = until(lambda: [p for p in psutil.Process(process.pid).children() if p.name() == "sleep"])
    process.kill()
    process.wait()

    assert until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
