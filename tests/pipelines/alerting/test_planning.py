"""What a drill of every alert has to prove, of the shipped rules, and how fast it must go."""

from __future__ import annotations

import pytest

from pipelines.alerting.faults import FAULTS
from pipelines.alerting.fleet import alerts_of
from pipelines.alerting.planning import factor_for, rounds, undrilled
from stack.errors import Refused
from stack.exporters.command_center.faults import OF_PLATFORM, OF_SERVICES
from tests.pipelines.alerting.shipped import inspection, rewritten

RULES = "prometheus/rules/command-center.yml"
DOWN, STALE = "AetherlinkVerticalServiceDown", "AetherlinkVerticalDataStale"
ERRORS, SLOW = "AetherlinkVerticalScrapeErrors", "AetherlinkVerticalScrapeSlow"


@pytest.mark.parametrize("name", ["local", "dev", "staging", "prod"])
def test_every_alert_of_the_command_center_is_drilled_and_its_inhibitions_too(name: str) -> None:
    seen = inspection(name)
    found = alerts_of(seen)
    every = rounds(found, seen)
    drills = [drill for one in every for drill in one.drills]

    assert undrilled(found) == ()
    assert {drill.alert for drill in drills} == {one.rule.name for one in found}
    quiet = [drill for drill in drills if drill.source]
    # Of several that keep it quiet, the one that fires first.
    assert [(drill.source, drill.alert) for drill in quiet] == [(DOWN, STALE), (ERRORS, SLOW)]
    assert [drill.alert for drill in drills if drill.service == quiet[0].service] == [DOWN, STALE]
    assert all(drill.receivers for drill in drills if not drill.source)


def test_drills_of_one_round_do_not_disturb_each_other() -> None:
    for one in rounds(alerts_of(inspection("prod")), inspection("prod")):
        switches = [(drill.fault.kind, drill.service) for drill in one.drills]
        assert len(set(switches)) == len(switches)
        assert len(one.drills) == 1 or not any(drill.fault.alone for drill in one.drills)


@pytest.mark.parametrize("name", ["local", "dev", "staging", "prod"])
def test_the_factor_lets_all_of_it_end_in_time_and_the_machine_keep_up(name: str) -> None:
    every = rounds(alerts_of(inspection(name)), inspection(name))
    factor = factor_for(every)

    assert sum(sum(one.lasts()) for one in every) / factor <= 75.0
    assert min(drill.rhythm.scrape for one in every for drill in one.drills) / factor >= 0.075


def test_what_is_quick_enough_is_not_made_quicker() -> None:
    seen = inspection("local", "scrape_interval=70ms", "scrape_timeout=70ms")

    assert factor_for(rounds(alerts_of(seen), seen)) == 1.0


def test_an_alert_that_no_fault_fires_is_named_and_an_environment_without_any_is_refused() -> None:
    seen = rewritten(inspection("prod"), RULES, "alert: AetherlinkVerticalScrapeSlow", "alert: Strange")

    assert undrilled(alerts_of(seen)) == ("Strange",)
    with pytest.raises(Refused, match=r"no alert of rules/command-center\.yml"):
        alerts_of(inspection("prod", "targets.command_center=[]"))


def test_every_fault_is_one_of_the_simulated_command_center() -> None:
    for fault in FAULTS.values():
        assert fault.kind in (OF_SERVICES if fault.of_service else OF_PLATFORM)
        assert ("{service}" in fault.series) is fault.of_service


def test_who_is_told_the_end_is_who_asked_for_it() -> None:
    path, old = "alertmanager/alertmanager.yml", "send_resolved: true"
    seen = rewritten(inspection("prod"), path, old, "send_resolved: false")
    first = rounds(alerts_of(seen), seen)[0].drills[0]

    assert rounds(alerts_of(inspection("prod")), inspection("prod"))[0].drills[0].resolving == first.receivers
    # PagerDuty and webhooks are told unless they are asked not to, Slack only where it is asked to.
    assert first.resolving == ("pagerduty-oncall", "automation")
