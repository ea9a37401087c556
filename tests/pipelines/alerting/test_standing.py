"""What stands, put together from what three servers say."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.alerting.standing import standings
from pipelines.alerting.told import arrivals, concerns

DOWN = {"alertname": "Down", "service": "crm", "severity": "page"}
AT = "2026-11-25T10:11:22.123456789Z"


def evaluated(state: str = "firing", **labels: str) -> dict[str, Any]:
    return {"labels": {**DOWN, **labels}, "state": state, "activeAt": AT, "value": "1e+00"}


def held(*, receivers: tuple[str, ...] = ("chat",), fingerprint: str = "f", **labels: str) -> dict[str, Any]:
    return {
        "labels": {**DOWN, "env": "prod", **labels},
        "startsAt": AT,
        "fingerprint": fingerprint,
        "receivers": [{"name": name} for name in receivers],
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": []},
    }


def notified(receiver: str, arrived: float, payload: object, *, status: str = "firing") -> dict[str, Any]:
    return {
        "receiver": receiver,
        "arrived": arrived,
        "status": status,
        "alerts": ["Down"],
        "envs": ["prod"],
        "payload": payload,
    }


def test_an_alert_is_what_prometheus_says_and_what_alertmanager_adds() -> None:
    (one,) = standings([evaluated()], [held(receivers=("chat", "phone"))])

    assert (one.state, one.value) == ("firing", "1e+00")
    assert one.since == pytest.approx(1_795_601_482.123456)
    assert one.labels["env"] == "prod"
    assert one.receivers == ("chat", "phone")
    assert (one.muted, one.told, one.others) == ((), {}, "service=crm")


def test_what_keeps_an_alert_quiet_is_named() -> None:
    alert, source = held(), held(alertname="Flood", fingerprint="g")
    alert["status"] |= {"silencedBy": ["abc"], "inhibitedBy": ["g", "gone"], "mutedBy": ["nights"]}
    one = next(one for one in standings([evaluated()], [alert, source]) if one.name == "Down")

    assert one.muted == ("silence abc", "inhibited by Flood", "inhibited by gone", "time interval nights")


def test_what_fires_comes_first_and_what_only_alertmanager_knows_is_listed_too() -> None:
    pending = evaluated("pending", service="media")
    found = standings([pending, evaluated()], [held(), held(alertname="Drill", service="drill-1")])

    assert [(one.state, one.name, one.receivers) for one in found] == [
        ("firing", "Down", ("chat",)),
        ("firing", "Drill", ("chat",)),
        ("pending", "Down", ()),
    ]


def test_a_receiver_was_told_when_the_sink_last_got_this_very_alert() -> None:
    of_crm, of_media = {"text": "crm in prod is down"}, {"labels": {"service": "media"}}
    heard = [
        notified("chat", 1.0, of_crm),
        notified("chat", 2.0, of_crm),
        notified("chat", 3.0, of_media),
        notified("chat", 4.0, of_crm, status="resolved"),
        notified("phone", 5.0, of_crm),
    ]

    assert standings([evaluated()], [held()], heard)[0].told == {"chat": 2.0}
    assert standings([evaluated(service="unknown")], [held(service="unknown")], heard)[0].told == {
        "chat": 3.0
    }


@pytest.mark.parametrize(
    ("words", "is_meant"),
    [([], True), (["crm"], True), (["cr"], False), (["crm", "prod"], True), (["cr-m"], False), ([""], True)],
)
def test_a_notification_concerns_an_alert_by_its_name_and_whole_words(
    words: list[str], is_meant: bool
) -> None:
    one = notified("chat", 1.0, {"blocks": ["crm in prod", {"x": "m-cr"}]})

    assert concerns(one, "Down", words) is is_meant
    assert not concerns(one, "Dow", words)
    assert arrivals([one], "Down", words) == ({"chat": 1.0} if is_meant else {})
