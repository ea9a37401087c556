"""What is started, what is left alone, and for how long."""

from __future__ import annotations

from typing import Any

import pytest

from stack.runtimes.mender.choice import Ended, Failure, due, ended, next_failure


def listed(name: str, state: str) -> dict[str, Any]:
    """Give an entry of the engine's list."""
    return {"Id": f"{name}-id", "Names": [f"/{name}"], "State": state, "Status": f"{state} so"}


def test_what_has_ended_is_found_and_what_the_engine_or_a_person_has_in_hand_is_not() -> None:
    states = ("exited", "running", "restarting", "created", "paused", "removing", "dead")
    assert ended(listed(state, state) for state in states) == (Ended("exited-id", "exited", "exited so"),)


def test_one_that_could_not_be_started_is_left_alone_until_its_pause_is_over() -> None:
    found = ended([listed("b", "exited"), listed("a", "exited")])
    failures = {"a-id": Failure("taken", 1.0, 11.0)}

    assert [one.name for one in due(found, failures, 10.9)] == ["b"]
    assert [one.name for one in due(found, failures, 11.0)] == ["a", "b"]


def test_pauses_grow_to_a_minute() -> None:
    told: Failure | None = None
    pauses = []
    for now in range(9):
        told = next_failure(told, "taken", float(now))
        pauses.append(told.pause)
        assert told.until == pytest.approx(now + told.pause)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
