"""What became of made-up alerts, by counters before and after."""

from __future__ import annotations

import pytest

from pipelines.alerting.reception import alerts, integrations, receptions
from stack.alerting.reaching import Letter, letters
from stack.clients.alertmanager import Told

CONFIGURATION = {
    "route": {"receiver": "both", "routes": [{"matchers": ['a="b"'], "receiver": "nobody"}]},
    "receivers": [
        {"name": "both", "slack_configs": [{}, {}], "webhook_configs": [{}], "email_configs": []},
        {"name": "nobody"},
    ],
}
POSTED = letters(CONFIGURATION, {"alertname": "Drill", "env": "prod"})[0]
BEFORE = {("both", "slack"): Told(7, 1, 6, 3), ("both", "webhook"): Told(7, 0, 7, 0)}


def said(slack: Told, webhook: Told) -> tuple[str, float | None]:
    now = {("both", "slack"): slack, ("both", "webhook"): webhook}
    both = next(one for one in receptions(CONFIGURATION, POSTED, BEFORE, now, 1.5) if one.receiver == "both")
    return both.said, both.after


@pytest.mark.parametrize(
    ("slack", "webhook", "expected"),
    [
        (Told(9, 1, 8, 3), Told(8, 0, 8, 0), ("", 1.5)),
        (Told(9, 1, 8, 5), Told(8, 0, 8, 0), ("", 1.5)),
        (Told(9, 1, 7, 3), Told(8, 0, 8, 0), ("slack is not told yet", None)),
        (Told(9, 1, 8, 3), Told(8, 0, 7, 0), ("webhook is not told yet", None)),
        (Told(9, 1, 6, 5), Told(8, 0, 8, 0), ("slack refused 2 time(s), and is tried again", None)),
        (Told(9, 2, 8, 5), Told(8, 0, 8, 0), ("slack was given up", None)),
        (Told(7, 1, 6, 3), Told(7, 0, 7, 0), ("slack is not told yet", None)),
    ],
)
def test_a_receiver_was_told_once_every_integration_of_it_has_accepted(
    slack: Told, webhook: Told, expected: tuple[str, float | None]
) -> None:
    assert said(slack, webhook) == expected


def test_a_receiver_without_integrations_tells_nobody() -> None:
    found = {one.receiver: one for one in receptions(CONFIGURATION, POSTED, BEFORE, {}, 1.0)}

    assert (found["nobody"].kinds, found["nobody"].said) == ({}, "tells nobody: it has no integration")
    assert integrations(CONFIGURATION, "both") == {"slack": 2, "webhook": 1}
    assert integrations(CONFIGURATION, "stranger") == {}


def test_made_up_alerts_say_that_they_are_and_cannot_inhibit_one_another() -> None:
    posted = (
        Letter({"alertname": "Drill", "env": "prod"}, ()),
        Letter({"alertname": "Drill", "service": "x"}, ()),
    )
    first, second = alerts(posted, 1_795_601_482.0, 1_795_601_483.0)

    assert first["annotations"]["summary"].startswith("[DRILL] A fire drill in prod")
    assert (first["labels"]["service"], second["labels"]["service"]) == ("drill-1", "x")
    assert (first["startsAt"], first["endsAt"]) == ("2026-11-25T10:11:22.000Z", "2026-11-25T10:11:23.000Z")
