"""The file is whole at any time, and is written only where something differs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from stack.exporters.discoverer.target_file import TargetFile
from tests.lab import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WRITER = """
import itertools, pathlib, sys
from stack.exporters.discoverer.target_file import TargetFile
file = TargetFile(pathlib.Path(sys.argv[1]))
for number in itertools.count():
    file.write([{"targets": [f"10.0.0.{at}:80" for at in range(2000)], "labels": {"round": str(number)}}])
    if not number: print("begun", flush=True)
"""


DYING = """
import os, pathlib, signal
rename, times = pathlib.Path.replace, []
def last(self, target):
    times.append(target)
    if len(times) == 3: os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)
pathlib.Path.replace = last
"""
"""Kills the writer as it comes to the third rename."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "discovered" / "docker.json"


def test_equal_targets_leave_the_file_alone_so_that_prometheus_is_not_woken(file: Path) -> None:
    written = TargetFile(file)
    written.write([{"targets": ["a:1"]}])
    before = file.stat().st_ino
    written.write([{"targets": ["a:1"]}])
    assert file.stat().st_ino == before

    written.write([])
    assert file.stat().st_ino != before
    assert json.loads(file.read_text()) == []
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_writer_that_is_killed_leaves_a_whole_file_and_what_is_left_beside_it_goes(file: Path) -> None:
    for attempt in range(6):
        with _writing(WRITER, file) as writer:
            time.sleep(0.003 * attempt)
            writer.send_signal(signal.SIGKILL)
        _is_whole(file)
    with _writing(DYING + WRITER, file) as writer:
        assert writer.wait(20) == -signal.SIGKILL
    _is_whole(file)
    assert list(file.parent.glob(".*.partial")), "it was killed before it could rename"

    TargetFile(file)
    assert [path.name for path in file.parent.iterdir()] == ["docker.json"]


@contextmanager
def _writing(script: str, file: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a writer, and wait until it has written once."""
    words = [sys.executable, "-c", script, str(file)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "begun\n"
        yield writer


def _is_whole(file: Path) -> None:
    [group] = json.loads(file.read_text())
    assert len(group["targets"]) == 2000


def test_a_folder_that_cannot_be_written_is_an_error_and_the_old_targets_stay(file: Path) -> None:
    written = TargetFile(file)
    written.write([{"targets": ["a:1"]}])
    file.parent.joinpath("gone").write_text("a file where a folder belongs")
    blocked = TargetFile(file.parent / "gone" / "docker.json")

    with pytest.raises(OSError, match="gone"):
        blocked.write([])
    assert json.loads(file.read_text()) == [{"targets": ["a:1"]}]
