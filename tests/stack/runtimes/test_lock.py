"""A run has the lock alone; menders keep it waiting for a moment, and never turn it away."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from stack.runtimes.lock import alone, shared

if TYPE_CHECKING:
    from pathlib import Path


def test_a_second_run_is_refused_at_once_and_menders_too(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("ab+") as first, path.open("ab+") as second:
        assert alone(first)
        assert not alone(second)
        with shared(path) as free:
            assert not free
    with shared(path) as free, shared(path) as also:
        assert (free, also) == (True, True)


def test_a_run_waits_until_no_mender_is_at_work(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.touch()
    had: list[bool] = []
    with path.open("ab+") as file:
        run = threading.Thread(target=lambda: had.append(alone(file)))
        with shared(path):
            run.start()
            time.sleep(0.3)
            assert had == []
        run.join(5)
        assert had == [True]


def test_a_lock_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), shared(tmp_path / "lock"):
        pass
