"""A drill as it goes, seen through made-up answers of the servers."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.alerting.faults import FAULTS, fault_of
from pipelines.alerting.outcome import outcome
from pipelines.alerting.rhythm import Rhythm
from pipelines.alerting.timeline import longest, quickest, steps
from pipelines.alerting.track import Drill, Snapshot, Track
from stack.errors import Refused
from stack.moment import moment

NAME = "AetherlinkVerticalServiceDown"
RHYTHM = Rhythm(scrape=5.0, evaluation=5.0, wait=300.0, keep=0.0, group_wait=1.0, group_interval=5.0)
DRILL = Drill(NAME, FAULTS[NAME], "crm", ("chat", "phone"), RHYTHM, resolving=("chat",))
QUIET = Drill(NAME, FAULTS[NAME], "crm", (), RHYTHM, source="Flood")
LABELS = {"alertname": NAME, "service": "crm", "job": "x"}


def alert(state: str, since: float, **labels: str) -> dict[str, Any]:
    return {"labels": {**LABELS, **labels}, "state": state, "activeAt": moment(since)}


def group(since: float, *, inhibited: bool = False, **labels: str) -> dict[str, Any]:
    status = {"inhibitedBy": ["f"] if inhibited else []}
    return {"alerts": [{"labels": {**LABELS, **labels}, "startsAt": moment(since), "status": status}]}


def notified(
    receiver: str, arrived: float, status: str = "firing", text: str = "crm is down"
) -> dict[str, Any]:
    return {"receiver": receiver, "arrived": arrived, "status": status, "alerts": [NAME], "payload": text}


def snapshot(at: float, value: float | None = 1.0, **more: Any) -> Snapshot:
    parts = {"alerts": (), "groups": (), "notifications": (), **more}
    return Snapshot(at=at, values={DRILL.series: value}, **parts)


def watched(drill: Drill, *seen: Snapshot, off: float | None = None) -> Track:
    track = Track(drill, before=1.0, on=1000.0)
    for one in seen:
        if off is not None and one.at >= off and track.off is None:
            track.off = off
        track.see(one)
    return track


FIRING = [
    snapshot(1000.5),
    snapshot(1003.0, 0.0),
    snapshot(1004.5, 0.0, alerts=[alert("pending", 1004.0)]),
    snapshot(
        1304.3,
        0.0,
        alerts=[alert("firing", 1004.0)],
        groups=[group(1304.0), group(1.0), group(1304.0, service="media")],
        notifications=[notified("chat", 900.0), notified("chat", 1001.0, text="media is down")],
    ),
    snapshot(
        1305.5,
        0.0,
        alerts=[alert("firing", 1004.0)],
        groups=[group(1304.0)],
        notifications=[notified("chat", 1305.2), notified("phone", 1305.3), notified("chat", 1305.4)],
    ),
]
ENDED = [
    snapshot(1306.0, 1.0, alerts=[alert("firing", 1004.0)]),
    snapshot(1309.0, 1.0),
    snapshot(1314.0, 1.0, notifications=[notified("chat", 1313.0, "resolved")]),
]


def test_every_step_is_noted_when_it_was_seen_first() -> None:
    track = watched(DRILL, *FIRING, *ENDED, off=1305.6)

    assert track.seen == {
        "flipped": 1003.0,
        "pending": 1004.0,
        "firing": 1304.0,
        "grouped": 1304.3,
        "resolved": 1309.0,
    }
    assert track.told == {"chat": 1305.2, "phone": 1305.3}
    assert track.over == {"chat": 1313.0}
    assert (track.delivered, track.ended, outcome(track).wrong) == (True, True, "")
    assert outcome(track).latency == pytest.approx(305.3)


def test_the_timeline_has_each_steps_time_beside_what_the_intervals_give() -> None:
    rows = [step.row() for step in steps(watched(DRILL, *FIRING, *ENDED, off=1305.6))]

    assert rows == [
        ("fault on", "+0.00s", "-", "up to 0.00s"),
        ("metric flips", "+3.00s", "3.00s", "up to 5.00s"),
        ("pending", "+4.00s", "1.00s", "up to 5.00s"),
        ("firing", "+304.00s", "300.00s", "5m00s to 5m05s"),
        ("in Alertmanager", "+304.30s", "0.30s", "up to 1.00s"),
        ("chat told", "+305.20s", "0.90s", "up to 2.00s"),
        ("phone told", "+305.30s", "1.00s", "up to 2.00s"),
        ("fault off", "+305.60s", "-", "up to 0.00s"),
        ("resolved", "+309.00s", "3.40s", "up to 10.0s"),
        ("chat told the end", "+313.00s", "4.00s", "up to 6.00s"),
    ]
    assert quickest(DRILL) == 301.0
    assert longest(DRILL) == (5 + 10 + 300 + 1 + 1, 5 + 5 + 5 + 1)


def test_it_says_what_it_waits_for() -> None:
    assert [watched(DRILL, *FIRING[:count]).waits_for() for count in range(6)] == [
        "flipped",
        "flipped",
        "pending",
        "firing",
        "told: chat, phone",
        "resolved",
    ]
    track = watched(DRILL, *FIRING, *ENDED[:2], off=1305.6)
    assert track.waits_for() == "told the end: chat"
    assert outcome(track).wrong == "its end: never told the end: chat"
    assert outcome(watched(DRILL, *FIRING[:4])).wrong == "never told: chat, phone"
    assert [step.row()[1:3] for step in steps(watched(DRILL))][1] == ("never", "-")


def test_an_alert_that_must_be_kept_quiet_is_inhibited_and_never_told() -> None:
    quiet = snapshot(1304.3, 0.0, alerts=[alert("firing", 1004.0)], groups=[group(1304.0, inhibited=True)])
    track = watched(QUIET, quiet)

    assert (track.delivered, outcome(track).wrong, outcome(track).latency) == (True, "", None)
    assert ("kept quiet by Flood", "+304.30s") in [step.row()[:2] for step in steps(track)]
    loud = watched(QUIET, quiet, snapshot(1306.0, 0.0, notifications=[notified("chat", 1305.0)]))
    assert outcome(loud).wrong == "chat told, though Flood fires"
    assert outcome(watched(QUIET, FIRING[3])).wrong == "never inhibited"


@pytest.mark.parametrize(
    ("before", "value", "flips"),
    [(1.0, 1.0, False), (1.0, 0.0, True), (1.0, None, True), (None, None, False), (None, 1.0, True)],
)
def test_a_metric_flips_where_it_moves_far_enough_comes_or_goes(
    before: float | None, value: float | None, flips: bool
) -> None:
    track = Track(DRILL, before=before)
    track.see(snapshot(1.0, value))

    assert ("flipped" in track.seen) is flips


def test_each_fault_knows_its_series_and_an_alert_without_one_is_refused() -> None:
    assert fault_of(NAME).shown_on("crm") == 'aether_service_up{service="crm"}'
    assert DRILL.name == f"{NAME} (crm)"
    with pytest.raises(Refused, match="no fault of the simulated command center fires NodeCpuHigh") as caught:
        fault_of("NodeCpuHigh")
    assert "--synthetic" in caught.value.advice


def test_no_step_of_a_table_comes_after_one_that_rests_on_it_and_receivers_stand_for_themselves() -> None:
    seen = {"flipped": 1006.0, "pending": 1005.0, "firing": 1310.0, "grouped": 1305.0}
    track = Track(DRILL, on=1000.0, seen=seen, told={"chat": 1312.0, "phone": 1307.0})
    moments = {step.name: step.at for step in steps(track)}

    assert (moments["metric flips"], moments["pending"]) == (5.0, 5.0)
    assert (moments["firing"], moments["in Alertmanager"]) == (305.0, 305.0)
    assert (moments["chat told"], moments["phone told"]) == (312.0, 307.0)
