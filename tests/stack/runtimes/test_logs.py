"""Logs: the last lines, then what comes, also across a rotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.errors import NothingKept
from stack.runtimes import logs

if TYPE_CHECKING:
    from pathlib import Path


def test_the_last_lines_are_given(tmp_path: Path) -> None:
    log = tmp_path / "prometheus.log"
    log.write_text("".join(f"line {number}\n" for number in range(10)))

    assert list(logs.tail(log, lines=2)) == ["line 8", "line 9"]


def test_following_goes_on_behind_a_rotation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "PAUSE", 0.0)
    log = tmp_path / "prometheus.log"
    log.write_text("a long first line\n")
    lines = logs.tail(log, follow=True)

    assert next(lines) == "a long first line"
    with log.open("a") as file:
        file.write("second\n")
    assert next(lines) == "second"
    log.rename(tmp_path / "prometheus.log.1")
    log.write_text("new\n")
    assert next(lines) == "new"


def test_a_service_without_a_log_is_told_which_have_one(tmp_path: Path) -> None:
    (tmp_path / "node.log").write_text("")

    with pytest.raises(NothingKept, match="no log of 'nodes'; there are: node"):
        list(logs.tail(tmp_path / "nodes.log"))
