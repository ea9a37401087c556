"""An environment that tells nobody: every kind of receiver speaks to the sink, and no secret is needed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.lab import until

if TYPE_CHECKING:
    from tests.lab import Lab

pytestmark = pytest.mark.integration

SECRET = "${{ secrets.nobody_has_it }}"
KINDS: dict[str, dict[str, Any]] = {
    "slack": {"api_url_file": SECRET, "channel": "#alerts"},
    "pagerduty": {"routing_key_file": SECRET},
    "email": {"to": "oncall@example.com", "auth_password_file": SECRET},
    "webhook": {"url_file": SECRET},
    "opsgenie": {"api_key_file": SECRET},
}
ALERTMANAGER = {
    "global": {
        "smtp_from": "a@example.com",
        "smtp_smarthost": "m.example.com:25",
        "slack_api_url_file": SECRET,
    },
    "route": {
        "receiver": "of email",
        "group_wait": "1s",
        "routes": [
            {"matchers": ['alertname="Told"'], "receiver": f"of {kind}", "continue": True} for kind in KINDS
        ],
    },
    "receivers": [{"name": f"of {kind}", f"{kind}_configs": [config]} for kind, config in KINDS.items()],
}


def test_a_notification_arrives_by_each_protocol_and_says_what_it_is_of(lab: Lab) -> None:
    lab.environment(alertmanager=ALERTMANAGER, secrets={"nobody_has_it": "env:NOBODY_HAS_IT"})
    lab.told("of email")
    lab.invoke("deploy").ok()
    alert = {"labels": {"alertname": "Told", "env": "local", "severity": "page"}}
    tell(lab, alert)
    assert until(lambda: len(arrived(lab, "firing")) == len(KINDS))
    tell(lab, {**alert, "endsAt": datetime.now(UTC).isoformat()})
    assert until(lambda: len(arrived(lab, "resolved")) == len(KINDS))

    for status in ("firing", "resolved"):
        found = arrived(lab, status)
        protocols = {receiver: one["protocol"] for receiver, one in found.items()}
        assert protocols == {f"of {kind}": kind if kind != "opsgenie" else "webhook" for kind in KINDS}
        assert all((one["alerts"], one["envs"]) == (["Told"], ["local"]) for one in found.values())
        assert found["of opsgenie"]["note"] == "in place of opsgenie"
    assert arrived(lab, "resolved")["of slack"]["title"] == "[RESOLVED:1] local: Told"


def tell(lab: Lab, alert: dict[str, Any]) -> None:
    """Hand an alert to Alertmanager."""
    url = f"http://127.0.0.1:{lab.ports['alertmanager']}/api/v2/alerts"
    requests.post(url, json=[alert], timeout=5).raise_for_status()


def arrived(lab: Lab, status: str) -> dict[str, Any]:
    """Give the notifications of a status, by receiver."""
    every = lab.get("sink", "/notifications").json()
    return {one["receiver"]: one for one in every if one["status"] == status and "Told" in one["alerts"]}
