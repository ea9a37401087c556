"""The verbs on alerts, on a stack that really runs: what fires, silences, drills, and their clean ends."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests import lab as labs
from tests.lab import PLAIN, ROOT, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab import Lab

pytestmark = pytest.mark.integration

DOWN = "AetherlinkVerticalServiceDown"
ROUTE = {"receiver": "slack-dev", "group_wait": "1s", "group_interval": "2s"}


def quick(lab: Lab, **sections: Any) -> Lab:
    """Deploy the command center's rules with a `for` of two seconds in place of minutes."""
    rules = (ROOT / "rules" / "command-center.yml").read_text()
    for wait in ("2m", "5m", "10m", "15m"):
        rules = rules.replace(f"for: {wait}\n", "for: 2s\n")
    (lab.site / "rules" / "command-center.yml").write_text(rules)
    disable = {**PLAIN, "rules": ["command-center"]}
    lab.environment(**{"disable": disable, "alertmanager": {"route": ROUTE}, **sections})
    lab.invoke("deploy").ok()
    assert until(lambda: lab.query("aether_service_up"))
    return lab


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with labs.lab(tmp_path_factory.mktemp("drills")) as made:
        yield quick(made)


@pytest.fixture
def calm(shared: Lab) -> Lab:
    """Give the shared lab once nothing of an earlier drill is left: a drill switches its fault off again."""
    assert until(lambda: not active(shared) and not listed(shared))
    return shared


def active(lab: Lab) -> list[dict[str, str]]:
    """Name the faults that are on."""
    found: list[dict[str, str]] = lab.get("command_center", "/faults").json()["active"]
    return found


def switch(lab: Lab, method: str, kind: str, service: str) -> None:
    url = f"http://127.0.0.1:{lab.ports['command_center']}/faults/{kind}?service={service}"
    requests.request(method, url, timeout=5).raise_for_status()


def listed(lab: Lab) -> list[dict[str, Any]]:
    """Give the alerts of the command center that `invoke alerts` lists."""
    found = json.loads(lab.invoke("alerts", "--json").ok().out)
    return [one for one in found if one["labels"]["alertname"].startswith("Aether")]


def test_what_fires_is_listed_with_who_was_told_and_a_silence_keeps_it_quiet(lab: Lab) -> None:
    quick(lab)
    switch(lab, "PUT", "outage", "crm")
    assert until(lambda: [one for one in listed(lab) if one["told"]], 60)
    (one,) = listed(lab)
    assert (one["labels"]["alertname"], one["state"], one["labels"]["env"]) == (DOWN, "firing", "local")
    assert (one["receivers"], list(one["told"])) == (["slack-dev"], ["slack-dev"])
    table = lab.invoke("alerts").ok().out
    assert f"firing   {DOWN}" in table
    assert "slack-dev (" in table
    assert "Watchdog" not in table
    assert "Watchdog" in lab.invoke("alerts", "--all").ok().out

    words = (DOWN, "--match", "service=crm", "--author", "tester", "--reason", "we know", "--duration", "1h")
    made = lab.invoke("silence.create", *words).ok()
    assert f"it silences 1 firing alert(s) right now: {DOWN}" in made.last
    (silence,) = json.loads(lab.invoke("silence", "--json").ok().out)
    assert (silence["createdBy"], silence["comment"]) == ("tester", "we know")
    assert until(lambda: listed(lab)[0]["muted"] == [f"silence {silence['id']}"])
    assert "1 of them muted" in lab.invoke("alerts").ok().last
    assert "tester" in lab.invoke("silence").ok().out
    again = lab.invoke("alerts.drill", DOWN, "--service", "crm")
    assert (again.code, "is pending or fires already for crm" in again.last) == (1, True)

    assert lab.invoke("silence.expire", "nope").code == 1
    lab.invoke("silence.expire", silence["id"][:8]).ok()
    assert until(lambda: not listed(lab)[0]["muted"])
    assert "0 silence(s) active" in lab.invoke("silence").ok().last
    assert silence["id"] in lab.invoke("silence.list", "--all").ok().out


def test_a_silence_that_nobody_means_is_refused_unless_it_is_meant(calm: Lab) -> None:
    assert until(lambda: "Watchdog" in calm.get("alertmanager", "/api/v2/alerts").text)
    words = ("--match", "job=prometheus", "--reason", "x", "--duration", "1m")
    refused = calm.invoke("silence.create", *words)

    assert (refused.code, "silences the Watchdog too" in refused.last) == (1, True)
    assert calm.get("alertmanager", "/api/v2/silences").json() == []
    meant = calm.invoke("silence.create", *words, "--wide").ok()
    assert "silences 1 firing alert(s) right now: Watchdog" in meant.last


def test_a_drill_follows_an_alert_to_who_is_told_and_back(calm: Lab) -> None:
    before = len(calm.get("sink", "/notifications").json())
    said = json.loads(calm.invoke("alerts.drill", DOWN, "--service", "media", "--json").ok().out)

    assert (said["wrong"], list(said["told"])) == ("", ["slack-dev"])
    names = [step["step"] for step in said["timeline"]]
    assert names == [
        "fault on",
        "metric flips",
        "pending",
        "firing",
        "in Alertmanager",
        "slack-dev told",
        "fault off",
        "resolved",
        "slack-dev told the end",
    ]
    moments = [step["at"] for step in said["timeline"]]
    assert moments == sorted(moments)
    assert 3.0 <= said["told"]["slack-dev"] <= 15.0
    assert active(calm) == []
    heard = calm.get("sink", "/notifications").json()[before:]
    assert [one["status"] for one in heard if DOWN in one["alerts"]] == ["firing", "resolved"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_drill_that_is_ended_early_switches_the_fault_off(calm: Lab, number: signal.Signals) -> None:
    process = calm.start("alerts.drill", "AetherlinkMetricsMissing")
    assert until(lambda: active(calm), 30)
    process.send_signal(number)
    said, _ = process.communicate(timeout=30)

    assert process.returncode == 130, said
    assert active(calm) == []


def test_a_drill_that_is_not_told_in_time_fails_and_says_where_it_stuck(calm: Lab) -> None:
    said = calm.invoke("alerts.drill", "AetherlinkVerticalScrapeSlow", "--timeout", "1s")

    assert said.code == 1
    assert "never" in said.last
    assert "the fault is off again" in said.last
    assert active(calm) == []


def test_where_nothing_is_simulated_made_up_alerts_prove_every_receiver(lab: Lab) -> None:
    routes = [
        {"matchers": ['severity="page"'], "receiver": "phone", "continue": True},
        {"matchers": ['severity=~"page|warning|info"'], "receiver": "channel"},
    ]
    names = ("slack-dev", "phone", "channel")
    lab.told("phone", "channel")
    hook = [{"url": "http://elsewhere.example.com/hook", "send_resolved": True}]
    receivers = [{"name": name, "webhook_configs": hook} for name in names]
    lab.environment(
        services={"command_center": False},
        alertmanager={"route": {**ROUTE, "routes": routes}, "receivers": receivers, "inhibit_rules": []},
    )
    lab.invoke("deploy").ok()
    said = json.loads(lab.invoke("alerts.drill", "--json").ok().out)

    assert [(one["receiver"], one["wrong"]) for one in said["receivers"]] == [
        (name, "") for name in sorted(names)
    ]
    assert (said["unreached"], said["kept_back_by"]) == ([], "")
    assert until(lambda: {one["status"] for one in heard(lab)} == {"firing", "resolved"}, 20)
    assert {one["receiver"] for one in heard(lab)} == set(names)
    assert "[DRILL]" in json.dumps(heard(lab)[0]["payload"])

    lab.invoke("silence.create", "Drill", "--reason", "x", "--duration", "1h").ok()
    kept = lab.invoke("alerts.drill", "--timeout", "3s")
    assert kept.code == 1
    assert "a silence keeps made-up alerts quiet" in kept.out
    assert "3 of 3 receivers were not told; the made-up alerts are over" in kept.last
    assert [one for one in lab.get("alertmanager", "/api/v2/alerts").json() if "drill" in one["labels"]] == []


def heard(lab: Lab) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = lab.get("sink", "/notifications").json()
    return [one for one in found if "Drill" in one["alerts"]]


def test_real_people_are_not_told_without_a_question_and_a_receiver_that_fails_is_named(lab: Lab) -> None:
    receiver = {"name": "gone", "webhook_configs": [{"url": "http://127.0.0.1:9/", "send_resolved": True}]}
    lab.told("gone")
    alertmanager = {"route": {**ROUTE, "receiver": "gone"}, "receivers": [receiver], "inhibit_rules": []}
    lab.environment(notifications="real", alertmanager=alertmanager)
    lab.invoke("deploy").ok()
    asked = lab.invoke("alerts.drill", "--synthetic")
    told = lab.invoke("alerts.drill", "--synthetic", "--yes", "--timeout", "4s")

    assert (asked.code, "are real, and there is no terminal to ask on; say --yes" in asked.last) == (1, True)
    assert (told.code, "webhook refused" in told.out) == (1, True)
    assert "1 of 1 receivers were not told" in told.last


def test_the_past_of_a_changed_rule_is_told_beside_that_of_the_live_one(lab: Lab) -> None:
    quick(lab)
    switch(lab, "PUT", "outage", "crm")
    assert until(lambda: lab.query(f'ALERTS{{alertname="{DOWN}",alertstate="firing"}}'), 30)
    switch(lab, "DELETE", "outage", "crm")
    assert until(lambda: not lab.query(f'ALERTS{{alertname="{DOWN}"}}'), 30)
    same = lab.invoke("alerts.backtest", "--since", "1h").ok()
    assert "no alert differs from what is live" in same.last

    path = lab.site / "rules" / "command-center.yml"
    path.write_text(path.read_text().replace("for: 2s\n", "for: 10m\n", 1))
    said = json.loads(lab.invoke("alerts.backtest", "--since", "1h", "--json").ok().out)
    assert [(one["alert"], len(one["fired"]), one["as_live_now"]["fired"]) for one in said] == [(DOWN, 0, 1)]
    text = lab.invoke("alerts.backtest", "AetherlinkVerticalScrapeErrors", "--since", "1h").ok().out
    assert "history begins at" in text
    assert lab.invoke("alerts.backtest", "Nope").code == 1
    assert "--against takes" in lab.invoke("alerts.backtest", "--against", "nobody").last
