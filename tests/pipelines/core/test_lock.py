"""One run at a time changes an environment, and a killed one stands in nobody's way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.core.lock import hold
from stack.errors import Locked
from tests.pipelines.core.doubles import effects

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
HOLD = """\
import sys, time
from pathlib import Path
from pipelines.core.lock import hold
from tests.pipelines.core.doubles import effects

doors = effects(Path(sys.argv[1]), task="deploy")
hold(doors)
print("held", flush=True)
time.sleep(60)
"""


@contextmanager
def another(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Hold the lock in another process."""
    words = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_run_is_refused_and_told_who_was_first(tmp_path: Path) -> None:
    with another(tmp_path) as process, pytest.raises(Locked) as caught:
        hold(effects(tmp_path))

    assert str(caught.value) == f"another run is changing environment local: deploy (pid {process.pid})"
    assert caught.value.exit_code == 8


def test_a_killed_holder_frees_the_lock(tmp_path: Path) -> None:
    with another(tmp_path) as process:
        with pytest.raises(Locked):
            hold(effects(tmp_path))
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        mine = effects(tmp_path, task="rollback")
        hold(mine)

        assert (mine.folder / "lock.holder").read_text() == f'{{"pid": {os.getpid()}, "task": "rollback"}}'
        mine.closing.close()


def test_a_run_that_has_ended_frees_the_lock(tmp_path: Path) -> None:
    first, second = effects(tmp_path), effects(tmp_path)
    hold(first)
    with pytest.raises(Locked):
        hold(second)
    first.closing.close()
    hold(second)
    second.closing.close()


@pytest.mark.parametrize("note", ["", "[]", "{}", "null", None])
def test_a_holder_that_could_not_say_who_it_is_holds_all_the_same(note: str | None, tmp_path: Path) -> None:
    first, second = effects(tmp_path), effects(tmp_path)
    hold(first)
    path = first.folder / "lock.holder"
    path.unlink() if note is None else path.write_text(note)

    with pytest.raises(Locked, match="it has not said which"):
        hold(second)
    first.closing.close()


def test_a_note_that_cannot_be_written_takes_nothing_from_the_lock(tmp_path: Path) -> None:
    first, second = effects(tmp_path), effects(tmp_path)
    (first.folder / "lock.holder").mkdir(parents=True)
    hold(first)
    with pytest.raises(Locked):
        hold(second)
    first.closing.close()
