"""Supervisor: its configuration read back by its own parser, and the real daemon with small programs."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.clients.supervisor import LONGEST_SOCKET, Program, Supervisor
from stack.errors import DefinitionInvalid, Refused
from tests.lab import until

if TYPE_CHECKING:
    from collections.abc import Iterator

ECHO = "import json, os, sys; print(json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]), flush=True)"
SLEEP = ("sleep", "600")

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
ODD = [
    "100%",
    "%(ENV_HOME)s",
    "it's",
    'say "x" twice',
    "a\\b",
    "$HOME",
    "a,b=c",
    "tab\tin",
    "é",
    "#a",
    ";a",
    "",
]


def program(folder: Path, name: str = "a", argv: tuple[str, ...] = SLEEP, **env: str) -> Program:
    return Program(name, argv, env, folder, folder / f"{name}.log")


def parsed(supervisor: Supervisor) -> Any:
    """Read a configuration as supervisor itself does, before it starts anything."""
    from supervisor.options import ServerOptions

    options = ServerOptions()
    options.realize(args=["-c", str(supervisor.configuration)])
    return options


def read_back(folder: Path, made: Program) -> Any:
    supervisor = Supervisor(folder)
    supervisor.write((made,))
    [group] = parsed(supervisor).process_group_configs
    return group.process_configs[0]


@pytest.mark.parametrize("word", ODD)
def test_a_word_a_variable_and_a_folder_are_read_back_as_they_are(tmp_path: Path, word: str) -> None:
    folder = tmp_path / (word or "plain")
    folder.mkdir()
    found = read_back(folder, program(folder, argv=("server", word), WORD=word))

    assert shlex.split(found.command)[-2:] == ["server", word]
    assert found.environment == {"WORD": word}
    assert (found.directory, found.stdout_logfile) == (str(folder), str(folder / "a.log"))


@given(word=texts, value=texts)
def test_any_text_is_read_back_or_refused(
    tmp_path_factory: pytest.TempPathFactory, word: str, value: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    try:
        found = read_back(folder, program(folder, argv=("server", word), WORD=value))
    except DefinitionInvalid:
        return
    assert shlex.split(found.command)[-2:] == ["server", word]
    assert found.environment == {"WORD": value}


@pytest.mark.parametrize("text", ["a ;b", "a #b", "a\t;b", "a\nb", "a\rb"])
def test_what_the_format_takes_for_a_comment_or_a_new_line_is_refused(tmp_path: Path, text: str) -> None:
    for made in (program(tmp_path, argv=("x", text)), program(tmp_path, WORD=text), program(tmp_path / text)):
        with pytest.raises(DefinitionInvalid, match="which supervisor would read as a comment"):
            Supervisor(tmp_path).write((made,))
    assert not Supervisor(tmp_path).configuration.exists()


@pytest.mark.parametrize("value", ["'", '"', 'it\'s "x"', '"a" b', "b 'a'"])
def test_a_variable_whose_quotes_would_be_lost_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(DefinitionInvalid, match="which supervisor would not pass on"):
        Supervisor(tmp_path).write((program(tmp_path, WORD=value),))


def test_a_folder_too_deep_for_a_socket_has_it_among_temporary_files(tmp_path: Path) -> None:
    short, deep = Supervisor(Path("/a")), Supervisor(tmp_path / ("é" * 60))

    assert short.socket == "/a/supervisor.sock"
    assert len(os.fsencode(deep.socket)) <= LONGEST_SOCKET
    assert not deep.socket.startswith(str(deep.folder))
    assert deep.socket == Supervisor(deep.folder).socket
    assert deep.socket != Supervisor(deep.folder / "b").socket


def test_where_temporary_files_lie_too_deep_as_well_the_socket_is_among_those_of_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", f"/{'d' * 90}")

    assert Supervisor(tmp_path / ("é" * 60)).socket.startswith(f"/tmp/monitoring-{os.getuid()}-")


def test_where_no_daemon_runs_nothing_is_held_and_stopping_is_no_error(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)

    assert not supervisor.alive()
    assert supervisor.processes() == ()
    supervisor.shutdown()
    with pytest.raises(FileNotFoundError):
        supervisor.restart("a")


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "100% a'b")
    made.folder.mkdir()
    try:
        yield made
    finally:
        made.shutdown()
    assert not made.alive()
    assert [p for p in psutil.process_iter(["cmdline"]) if str(made.folder) in str(p.info["cmdline"])] == []


def running(supervisor: Supervisor) -> dict[str, int]:
    return {found.name: found.pid for found in supervisor.processes() if found.state == "RUNNING"}


def started(supervisor: Supervisor, *programs: Program) -> dict[str, int]:
    """Launch programs, and wait until each runs."""
    supervisor.write(programs)
    supervisor.launch()
    assert until(lambda: len(running(supervisor)) == len(programs))
    return running(supervisor)


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.mark.integration
def test_a_program_gets_its_words_its_variables_and_its_folder_and_no_others(
    daemon: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOYER_TOKEN", "made up")
    words = [word for word in ODD if word]
    argv = (sys.executable, "-c", f"{ECHO}; import time; time.sleep(600)", *words)
    env = {f"V{at}": word for at, word in enumerate(words)}
    made = program(daemon.folder, argv=argv, **env)
    daemon.write((made,))
    daemon.launch()

    assert until(lambda: made.log.exists() and made.log.read_text().endswith("\n"))
    told, variables, folder = json.loads(made.log.read_text())
    assert told == words
    assert {name: variables[name] for name in env} == env
    assert folder == str(daemon.folder)
    assert "DEPLOYER_TOKEN" not in variables
    assert variables["PATH"] == os.environ["PATH"]


@pytest.mark.integration
def test_programs_are_replaced_added_and_removed_and_the_others_left_alone(daemon: Supervisor) -> None:
    a, b, c = (program(daemon.folder, name) for name in "abc")
    before = started(daemon, a, b)
    daemon.write((a, program(daemon.folder, "b", ("sleep", "601")), c))
    daemon.replace(("b", "unknown"), ("b", "c"))
    assert until(lambda: running(daemon).keys() == {"a", "b", "c"})

    after = running(daemon)
    assert after["a"] == before["a"]
    assert psutil.Process(after["b"]).cmdline() == ["sleep", "601"]
    daemon.write((a, c))
    daemon.replace(("b",), ())
    assert running(daemon).keys() == {"a", "c"}
    assert not alive(after["b"])


@pytest.mark.integration
def test_one_program_is_started_anew_and_one_that_died_comes_back(daemon: Supervisor) -> None:
    before = started(daemon, program(daemon.folder))
    daemon.restart("a")
    assert until(lambda: running(daemon).get("a", before["a"]) != before["a"])

    again = running(daemon)["a"]
    os.kill(again, signal.SIGKILL)
    assert until(lambda: running(daemon).get("a", again) != again)
    with pytest.raises(Refused, match="supervisor refused: BAD_NAME: b"):
        daemon.restart("b")
    with pytest.raises(Refused, match="supervisor refused: ALREADY_ADDED: a"):
        daemon.replace((), ("a",))


@pytest.mark.integration
def test_a_killed_daemon_leaves_no_child_and_can_be_launched_again(daemon: Supervisor) -> None:
    before = started(daemon, program(daemon.folder, "a"), program(daemon.folder, "b"))
    os.kill(int((daemon.folder / "supervisord.pid").read_text()), signal.SIGKILL)
    assert until(lambda: not any(map(alive, before.values())))

    assert not daemon.alive()
    daemon.launch()
    assert until(lambda: running(daemon).keys() == {"a", "b"})


@pytest.mark.integration
def test_stopping_waits_until_daemon_and_programs_are_gone(daemon: Supervisor) -> None:
    pids = started(daemon, program(daemon.folder))
    daemon.shutdown()

    assert not daemon.alive()
    assert not alive(pids["a"])


@pytest.mark.integration
def test_a_daemon_that_cannot_start_says_why(daemon: Supervisor) -> None:
    daemon.write((program(daemon.folder / "nowhere"),))

    with pytest.raises(Refused, match=r"supervisor did not start: .*nowhere"):
        daemon.launch()
