"""A restore that fails, or that is taken back, leaves a Grafana as it was before it."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

import pytest

from stack.errors import HttpFailed
from tests.backups.grafana_before import VERSIONS, changed, empty, kept, taken
from tests.backups.grafana_lab import Lab, actions, writes
from tests.doubles.grafana.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.doubles import grafana as double

WRITE = "(POST|PUT|PATCH|DELETE) "


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setenv("ANY", "hush hush")
    names = ("grafana_source_mine_basicAuthPassword", "grafana_contact_chat_url")
    return Lab(tmp_path, dict.fromkeys(names, "env:ANY"))


def failing(lab: Lab, server: double.Grafana, *, lost: bool = False) -> int:
    """Let a restore fail at each of its writes in turn, and give how many it has: then it does not fail."""
    before = taken(lab, server)
    for number in count(1):
        server.faults = [fault := Fault(WRITE, 503, first=number, lost=lost)]
        with suppress(HttpFailed):
            lab.restored(server)
        if fault.seen < number:
            return number - 1
        assert taken(lab, server) == before, number
    raise AssertionError


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("there", [empty, changed])
def test_a_failure_at_any_write_leaves_what_was_there(
    lab: Lab, version: str, there: Callable[[double.Grafana], None]
) -> None:
    kept(lab, version)
    with lab.site("two", version).served() as server:
        there(server)
        assert failing(lab, server) > 10
        assert actions(lab.restored(server)).keys() == {"leave"}


@pytest.mark.parametrize("there", [empty, changed])
def test_a_write_whose_answer_is_lost_is_taken_back_too(
    lab: Lab, there: Callable[[double.Grafana], None]
) -> None:
    kept(lab, "11.2.0")
    with lab.site("two", "11.2.0").served() as server:
        there(server)
        assert failing(lab, server, lost=True) > 10


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("there", [empty, changed])
def test_a_whole_restore_is_taken_back_by_its_steps(
    lab: Lab, version: str, there: Callable[[double.Grafana], None]
) -> None:
    kept(lab, version)
    with lab.site("two", version).served() as server:
        there(server)
        before = taken(lab, server, "safety")
        done = lab.restored(server)
        assert taken(lab, server) != before
        lab.undone(server, done)
        assert taken(lab, server) == before
        server.asked.clear()
        lab.undone(server, done)
        assert writes(server.asked) == []
