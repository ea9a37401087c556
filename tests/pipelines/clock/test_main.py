"""The clock as a program: its page, a clean end, a line for odd arguments, and no life without its lock."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
import requests

from tests.lab import ROOT, free_ports, until
from tests.pipelines.clock.test_jobs import put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], str]]]:
    """Start it, and give its process and its address."""
    made: list[subprocess.Popen[str]] = []

    def begun(*words: str) -> tuple[subprocess.Popen[str], str]:
        port = next(free_ports())
        variables = {"PYTHONPATH": str(ROOT), "MONITORING_VAR": str(tmp_path), "MONITORING_ENV": "prod"}
        given = ("--listen", f"127.0.0.1:{port}", "--lock", str(tmp_path / "lock"), *words)
        argv = [sys.executable, "-m", "pipelines.clock", *given]
        pipe = subprocess.PIPE
        made.append(subprocess.Popen(argv, env=variables, cwd=tmp_path, stdout=pipe, stderr=pipe, text=True))
        return made[-1], f"http://127.0.0.1:{port}"

    yield begun
    for process in made:
        process.kill()
        process.communicate()


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/-/ready", timeout=5).ok
    except requests.ConnectionError:
        return False


def test_it_shows_its_next_moments_and_ends_when_it_is_told(
    start: Callable[..., tuple[subprocess.Popen[str], str]], tmp_path: Path
) -> None:
    (tmp_path / "lock").touch()
    process, url = start("--job", "backup=17 2 * * *", "--timezone", "Europe/Berlin")
    assert until(lambda: answers(url), 20)
    [told] = requests.get(url, timeout=5).json()
    assert (told["job"], told["last"]) == ("backup", None)
    assert told["next"] > time.time()

    assert requests.post(f"{url}/-/reload", timeout=5).ok

    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert said.startswith("backup at `17 2 * * *`; next 20")
    assert said.rstrip().endswith(("CET", "CEST"))


def test_what_it_cannot_do_without_ends_it_for_whoever_starts_it_anew(
    start: Callable[..., tuple[subprocess.Popen[str], str]], tmp_path: Path
) -> None:
    put(tmp_path, time.time() - 60 * 3600, exit_code=0)  # due at once, and there is no lock
    process, _ = start("--job", "backup=17 2 * * *")
    _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert "FileNotFoundError" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--job", "backup=soon"), "argument --job: 'soon' are no five fields of cron"),
        ((), "the following arguments are required: --job"),
        (
            ("--job", "backup=0 0 * * *", "--timezone", "Nowhere"),
            "argument --timezone: invalid zone value: 'Nowhere'",
        ),
    ],
)
def test_odd_arguments_are_told_in_one_line(
    start: Callable[..., tuple[subprocess.Popen[str], str]], words: tuple[str, ...], said: str
) -> None:
    process, _ = start(*words)
    _, told = process.communicate(timeout=30)

    assert process.returncode == 2
    assert said in told.splitlines()[-1]
