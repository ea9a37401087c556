"""A beat of this very release, newer than its activation, and not long ago."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pipelines.probes.watchdog import PROBE
from stack.errors import HttpFailed


def heard(made: Any, *, ago: float | None = None, last: str = "") -> Any:
    name = made.sight.release.id
    beats = {} if ago is None else {name: time.time() - ago}
    made.document("/watchdog", {"release": last or name, "releases": {"older": 1.0, **beats}})
    return made


def test_a_beat_right_after_the_activation_is_told_with_its_latency(
    scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = scene(since=1_800_000_000.0)
    monkeypatch.setattr("time.time", lambda: 1_800_000_020.0)
    heard(made, ago=13)

    assert PROBE.run(made.sight) == "an alert of this release was delivered 7.0 s after its activation"


def test_long_after_the_activation_the_age_of_the_last_beat_is_told(scene: Any) -> None:
    made = heard(scene(since=time.time() - 3600), ago=31)

    assert PROBE.run(made.sight) == "the last beat came 31 s ago"


def test_a_beat_of_another_release_or_of_the_time_before_is_waited_for(scene: Any, waits: Any) -> None:
    now = time.time()
    for ago, last, said in (
        (None, "older", "no beat of this release has arrived; the last one was of release older"),
        (40, "", "the last beat, 40 s ago, is older than the activation"),
    ):
        made = scene(since=now)
        made.server.clear()
        assert waits(PROBE, heard(made, ago=ago, last=last)) == said


def test_where_nothing_was_ever_heard_none_is_named(scene: Any, waits: Any) -> None:
    made = scene()
    made.document("/watchdog", {"release": "", "releases": {}})

    assert waits(PROBE, made).endswith("the last one was of release none")


def test_silence_for_more_than_three_beats_is_waited_for(scene: Any, waits: Any) -> None:
    made = heard(scene(since=time.time() - 3600), ago=100)

    assert waits(PROBE, made) == "the last beat came 100 s ago; one every 10 s is expected"


def test_a_receiver_that_fails_is_told(scene: Any) -> None:
    made = scene()
    made.page("/watchdog", "no", 500)

    with pytest.raises(HttpFailed, match="/watchdog: 500 no"):
        PROBE.run(made.sight)
