"""The program: it ends cleanly when told, and with one line where no engine answers."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from stack.runtimes.mender.__main__ import main
from tests.lab import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def words(folder: Path) -> list[str]:
    """Give the arguments of a mender of an engine in a folder."""
    return ["--label", "a=b", "--lock", f"{folder}/lock", "--engine", f"unix://{folder}/sock"]


def test_it_ends_at_once_when_it_is_told_to(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    argv = [sys.executable, "-m", "stack.runtimes.mender", *words(tmp_path)]
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(f"{tmp_path}/sock")
        engine.listen()
        with subprocess.Popen(argv, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            line, _ = engine.accept()  # it waits for an answer
            process.send_signal(signal.SIGTERM)
            assert process.wait(5) == 0
            line.close()


def test_an_engine_that_is_away_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    try:
        assert main(words(tmp_path)) == 1
    finally:
        signal.signal(signal.SIGTERM, before)
    assert capsys.readouterr().err == f"mender: unix://{tmp_path}/sock: [Errno 2] No such file or directory\n"
