"""What is known of an alert before it has ever fired, of the shipped rules and routes."""

from __future__ import annotations

import pytest

from pipelines.alerting.explanation import explain
from stack.errors import Refused
from tests.pipelines.alerting.shipped import inspection, rewritten

DOWN, STALE = "AetherlinkVerticalServiceDown", "AetherlinkVerticalDataStale"
RULES = "prometheus/rules/command-center.yml"


def test_who_is_told_comes_in_the_order_of_the_routes_with_the_longest_way_there() -> None:
    (one,) = explain(DOWN, inspection("prod"))

    assert [way.route.settings["receiver"] for way in one.ways] == [
        "pagerduty-oncall",
        "automation",
        "slack-prod",
    ]
    assert one.ways[0].where.startswith("alertmanager/alertmanager.yml:")
    assert one.ways[0].where.endswith(": route.routes.1")
    assert one.where.startswith("rules/command-center.yml:")
    assert (one.loaded, one.labels["env"], one.labels["severity"]) == (True, "prod", "warning")
    bound = one.ways[0].bound
    assert (bound.pending, bound.total) == (300.0, bound.net + 300.0)


def test_what_keeps_it_quiet_and_what_it_keeps_quiet() -> None:
    (down,), (stale,) = (explain(name, inspection("prod")) for name in (DOWN, STALE))

    assert [(pair.target, pair.equal) for pair in down.quiets if pair.target == STALE] == [
        (STALE, ("service", "env"))
    ]
    assert DOWN in [pair.source for pair in stale.quieted]
    assert DOWN not in [pair.target for pair in stale.quiets]


def test_a_threshold_names_the_value_that_it_comes_from() -> None:
    (slow,) = explain("AetherlinkVerticalScrapeSlow", inspection("prod", "values.scrape_slow_seconds=7"))
    (errors,) = explain("AetherlinkVerticalScrapeErrors", inspection("prod"))

    assert [(one.sign, one.number, one.source) for one in slow.thresholds] == [
        (">", 7.0, "env.values.scrape_slow_seconds")
    ]
    assert [(one.number, one.source) for one in errors.thresholds] == [(0.0, "")]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("5 < up", [("up", ">", 5.0)]),
        ("up == -1", [("up", "==", -1.0)]),
        ("up > (2)", [("up", ">", 2.0)]),
        ("up > bool 2 and on () x != 3", [("up", ">", 2.0), ("x", "!=", 3.0)]),
        ("a > b", []),
        ("up +", []),
    ],
)
def test_a_comparison_with_a_number_is_found_on_either_side(
    expression: str, found: list[tuple[str, str, float]]
) -> None:
    old = "env_service:aether_verticals_scrape_errors:rate5m > 0"
    (one,) = explain("AetherlinkVerticalScrapeErrors", rewritten(inspection("prod"), RULES, old, expression))

    assert [(each.compared, each.sign, each.number) for each in one.thresholds] == found


def test_its_runbook_and_its_tests_are_found() -> None:
    (one,) = explain(DOWN, inspection("prod"))
    page, paragraph = one.runbook

    assert page.endswith("docs/runbooks/AetherlinkVerticalServiceDown.md")
    assert paragraph.startswith("The command center has not reached")
    assert {"a fleet in good health": (False, True)}.items() <= {
        case.name: (case.fires, case.quiet) for case in one.cases
    }.items()
    assert any(case.fires for case in one.cases)


def test_a_runbook_elsewhere_is_named_and_not_read() -> None:
    address = "https://wiki.example.com"
    (one,) = explain("AetherlinkVerticalServiceDown", inspection("prod", f"values.runbooks={address}"))
    (lost,) = explain(
        DOWN, rewritten(inspection("prod"), RULES, "AetherlinkVerticalServiceDown.md", "NoSuchPage.md")
    )

    assert one.runbook[0].endswith("docs/runbooks/AetherlinkVerticalServiceDown.md")
    assert lost.runbook == ("docs/runbooks/NoSuchPage.md", "")


def test_an_alert_that_the_environment_does_not_load_is_explained_all_the_same() -> None:
    seen = inspection("prod", "targets.command_center=[]")
    (one,) = explain("AetherlinkVerticalScrapeSlow", seen)

    assert not one.loaded
    assert one.where == "rules/command-center.yml: command-center/AetherlinkVerticalScrapeSlow"
    assert one.thresholds[0].source == "env.values.scrape_slow_seconds"


@pytest.mark.parametrize(
    ("name", "said"),
    [("VerticalServiceDown", "did you mean 'AetherlinkVerticalServiceDown'"), ("", "known: ")],
)
def test_a_name_that_nobody_knows_is_refused_with_the_one_that_was_meant(name: str, said: str) -> None:
    with pytest.raises(Refused) as caught:
        explain(name, inspection("prod"))
    assert said in caught.value.advice
