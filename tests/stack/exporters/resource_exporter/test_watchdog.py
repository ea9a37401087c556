from __future__ import annotations

from stack.exporters._alertmanager import Alert
from stack.exporters.resource_exporter.watchdog import REMEMBERED, DeadMan, Heard


def _alert(release: str, second: int = 0) -> Alert:
    return Alert("firing", {"alertname": "Watchdog", "release": release}, f"2026-01-01T00:00:{second:02d}Z")


def test_nothing_was_heard_before_the_first_beat() -> None:
    dead_man = DeadMan()
    dead_man.hear((), 5.0)

    assert dead_man.heard.serialise() == {
        "beats": 0,
        "last_beat": None,
        "release": "",
        "labels": {},
        "starts_at": None,
        "releases": {},
    }


def test_a_beat_of_two_alerts_is_one_beat_of_the_one_that_began_last() -> None:
    heard = Heard().and_then((_alert("new", 7), _alert("old", 3)), 10.0)

    assert (heard.beats, heard.last_beat, heard.starts_at) == (1, 10.0, "2026-01-01T00:00:07Z")
    assert heard.serialise()["release"] == "new"


def test_each_release_keeps_its_own_last_beat_when_an_old_alert_is_heard_beside_the_new_one() -> None:
    heard = Heard()
    for release, now in (("old", 1.0), ("new", 2.0), ("old", 3.0)):
        heard = heard.and_then((_alert(release),), now)

    assert heard.releases == {"old": 3.0, "new": 2.0}


def test_only_the_releases_heard_last_are_remembered() -> None:
    later = [f"r{number}" for number in range(1, REMEMBERED)]
    heard = Heard()
    for now, release in enumerate(["steady", "r0", "steady", *later]):
        heard = heard.and_then((_alert(release),), now)

    assert heard.releases.keys() == {"steady", *later}
