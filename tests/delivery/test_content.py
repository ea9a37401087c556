"""What people are told: production's receivers, each by its own protocol, from a real Alertmanager."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab import until

if TYPE_CHECKING:
    from email.message import EmailMessage

    from tests.delivery.alertmanager import Alertmanager
    from tests.delivery.outside import Outside
    from tests.delivery.postoffice import PostOffice

pytestmark = pytest.mark.integration

PAGE = {"env": "prod", "severity": "page", "service": "crm"}


def said(mail: EmailMessage, kind: str) -> str:
    """Give one of a mail's texts."""
    part = mail.get_body((kind,))
    assert part
    return str(part.get_content())


def test_the_channel_sees_what_fires_where_and_that_it_is_over(
    production: Alertmanager, world: Outside
) -> None:
    production.fire("Slow", PAGE)
    assert until(lambda: world.arrived["slack"])
    production.fire("Slow", PAGE, over=True)
    assert until(lambda: len(world.arrived["slack"]) == 2)
    fires, over = (one.payload for one in world.arrived["slack"])

    assert fires["channel"] == "#alerts-prod"
    (attachment,) = fires["attachments"]
    assert attachment["title"] == attachment["fallback"] == "[FIRING:1] prod: Slow (crm)"
    assert attachment["title_link"] == "https://runbooks.example.com/Slow"
    assert attachment["color"] == "danger"
    assert attachment["footer"] == "environment prod · critical"
    assert "*Slow* (crm) · prod · page · since 2" in attachment["text"]
    assert "Slow of crm &lt;all&gt; &amp; more\nImpact: it is slow.\nAction: look." in attachment["text"]
    assert "<https://runbooks.example.com/Slow|Runbook>" in attachment["text"]
    (attachment,) = over["attachments"]
    assert (attachment["title"], attachment["color"]) == ("[RESOLVED:1] prod: Slow (crm)", "good")
    assert attachment["text"].startswith(":white_check_mark: Good news, all of this is over:\n*Slow*")


@pytest.mark.parametrize(("ours", "theirs"), [("page", "critical"), ("warning", "warning")])
def test_who_is_on_call_gets_one_incident_that_is_opened_and_closed(
    production: Alertmanager, world: Outside, ours: str, theirs: str
) -> None:
    production.fire("Slow", {**PAGE, "severity": ours})
    assert until(lambda: world.arrived["pagerduty"])
    production.fire("Slow", {**PAGE, "severity": ours}, over=True)
    assert until(lambda: len(world.arrived["pagerduty"]) == 2)
    opened, closed = (one.payload for one in world.arrived["pagerduty"])

    assert (opened["event_action"], closed["event_action"]) == ("trigger", "resolve")
    assert opened["dedup_key"] == closed["dedup_key"]
    assert opened["routing_key"] == "0123456789abcdef0123456789abcdef"
    event = opened["payload"]
    assert event["summary"] == "prod: Slow (crm) \N{EN DASH} Slow of crm <all> & more"
    assert (event["severity"], event["source"]) == (theirs, "Alertmanager (prod)")
    assert event["custom_details"]["environment"] == "prod"
    assert str(event["custom_details"]["num_firing"]) == "1"
    assert "Action: look." in event["custom_details"]["firing"]
    assert opened["links"] == [{"href": "https://runbooks.example.com/Slow", "text": "Runbook"}]


def test_what_no_route_takes_is_mailed_over_tls_with_a_login(
    production: Alertmanager, office: PostOffice
) -> None:
    lost = {"env": "elsewhere", "severity": "none", "service": "crm"}
    production.fire("Lost", lost)
    assert until(lambda: office.mails)
    production.fire("Lost", lost, over=True)
    assert until(lambda: len(office.mails) == 2)
    fires, over = office.mails

    assert office.recipients == [["oncall@example.com"]] * 2
    assert office.sealed == [(True, "monitoring@example.com")] * 2
    assert fires["Subject"] == "[FIRING:1] elsewhere: Lost (crm)"
    assert over["Subject"] == "[RESOLVED:1] elsewhere: Lost (crm)"
    text, html = (said(fires, kind) for kind in ("plain", "html"))
    assert "environment: elsewhere" in text
    assert "Lost of crm <all> & more" in text
    assert "Lost of crm &lt;all&gt; &amp; more" in html
    assert 'href="https://runbooks.example.com/Lost"' in html
    assert "Good news, all of this is over:" in said(over, "plain")


def test_alerts_of_one_group_tell_how_many_and_a_drill_says_so(
    production: Alertmanager, world: Outside
) -> None:
    for number in range(7):
        production.fire("Many", {**PAGE, "instance": f"host-{number}"})
    production.fire("Drilled", {**PAGE, "drill": "true"})

    def told(name: str) -> str:
        titles = [one.title for one in world.arrived["slack"] if name in one.title]
        return titles[-1] if titles else ""

    assert until(lambda: told("Many").startswith("[FIRING:7] prod: Many (crm)"))
    text = world.arrived["slack"][-1].payload["attachments"][0]["text"]
    assert until(lambda: told("Drilled") == "[DRILL] [FIRING:1] prod: Drilled (crm)")
    many = [one for one in world.arrived["slack"] if one.title.startswith("[FIRING:7]")]
    text = many[0].payload["attachments"][0]["text"]
    assert text.count("*Many*") == 5
    assert text.endswith("… and 2 more\n")


def test_a_name_in_any_script_arrives_whole_and_the_longest_text_is_taken(
    production: Alertmanager, world: Outside, office: PostOffice
) -> None:
    production.fire("Wärme🌡", {**PAGE, "service": "x" * 4000})
    production.fire("Wärme🌡", {"env": "elsewhere", "service": "y" * 4000})

    assert until(lambda: world.arrived["slack"] and world.arrived["pagerduty"] and office.mails)
    assert world.arrived["slack"][0].title.startswith("[FIRING:1] prod: Wärme🌡 (xxx")
    assert world.arrived["pagerduty"][0].title.startswith("prod: Wärme🌡 (xxx")
    assert str(office.mails[0]["Subject"]).startswith("[FIRING:1] elsewhere: Wärme🌡 (yyy")
