"""Services that are busy, unwell, slow or say no: what can arrive arrives once, and nothing in the clear."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.delivery.outside import busy, refuses, slow, unwell
from tests.delivery.postoffice import postoffice
from tests.lab import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.delivery.alertmanager import Alertmanager
    from tests.delivery.outside import Mood, Outside
    from tests.delivery.postoffice import PostOffice

    Runs = Callable[..., AbstractContextManager[Alertmanager]]

pytestmark = pytest.mark.integration

PAGE = {"env": "prod", "severity": "page", "service": "crm"}
LOST = {"env": "elsewhere", "severity": "none"}
SENT, FAILED = "alertmanager_notifications_total", "alertmanager_notifications_failed_total"


def test_who_is_on_call_is_told_once_whatever_pagerduty_goes_through(
    production: Alertmanager, world: Outside
) -> None:
    world.moods["pagerduty"] = [busy, unwell, slow]
    production.fire("Slow", PAGE)

    assert until(lambda: world.arrived["pagerduty"])
    time.sleep(2)
    assert world.answers["pagerduty"] == [429, 500, 202]
    assert len(world.arrived["pagerduty"]) == 1
    assert production.count(FAILED, receiver_name="pagerduty-oncall") == 0


@pytest.mark.parametrize("service", ["slack", "automation"])
def test_a_service_that_fails_for_a_while_gets_it_in_the_end_and_once(
    production: Alertmanager, world: Outside, service: str
) -> None:
    world.moods[service] = [unwell, unwell, slow]
    production.fire("Slow", PAGE)

    assert until(lambda: world.arrived[service])
    time.sleep(2)
    assert world.answers[service] == [500, 500, 200]
    assert len(world.arrived[service]) == 1


def test_what_a_service_refuses_is_not_sent_again_at_once_and_holds_up_nobody_else(
    runs: Runs, world: Outside, office: PostOffice
) -> None:
    world.moods["slack"] = [refuses]
    with runs(office, group_interval="1m") as production:
        production.fire("Slow", PAGE)
        assert until(lambda: production.count(FAILED, receiver_name="slack-prod") == 1)
        time.sleep(4)  # an answer of 500 would have been asked for again three times

        assert world.answers["slack"] == [400]
        assert (production.count(FAILED), production.count(FAILED, reason="clientError")) == (1, 1)
        assert production.count(SENT, receiver_name="pagerduty-oncall") == 1
    assert len(world.arrived["pagerduty"]) == 1


@pytest.mark.parametrize(("mood", "said"), [(refuses, 400), (busy, 429)])
def test_what_slack_did_not_take_is_offered_again_with_the_next_notification_of_its_group(
    production: Alertmanager, world: Outside, mood: Mood, said: int
) -> None:
    # Alertmanager asks PagerDuty again at once after a 429, and nobody else.
    world.moods["slack"] = [mood]
    production.fire("Slow", PAGE)

    assert until(lambda: world.arrived["slack"])
    assert world.answers["slack"] == [said, 200]


def test_a_post_office_that_has_no_time_is_asked_again(production: Alertmanager, office: PostOffice) -> None:
    office.replies = ["451 4.3.0 try again later", "452 4.3.1 no room"]
    production.fire("Lost", LOST)

    assert until(lambda: office.mails)
    time.sleep(1)
    assert (office.attempts, len(office.mails)) == (3, 1)


def test_no_mail_goes_to_a_post_office_without_tls(runs: Runs, tmp_path: Path) -> None:
    with postoffice(tmp_path, tls=False) as open_office, runs(open_office) as production:
        production.fire("Lost", LOST)
        assert until(lambda: production.count("alertmanager_notification_requests_failed_total") >= 2)
        assert (open_office.attempts, open_office.mails) == (0, [])
        log = (tmp_path / "prod" / "log").read_text()
    assert "does not advertise the STARTTLS extension" in log


def test_no_mail_goes_to_a_post_office_with_a_foreign_certificate(
    runs: Runs, tmp_path: Path, office: PostOffice
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with postoffice(other):
        (other / "ca.pem").replace(tmp_path / "ca.pem")
    with runs(office) as production:
        production.fire("Lost", LOST)
        assert until(lambda: production.count("alertmanager_notification_requests_failed_total") >= 2)
    assert office.mails == []
    assert "certificate signed by unknown authority" in (tmp_path / "prod" / "log").read_text()
