"""The lines of the checklist that rest on what earlier runs left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pipelines.checklists import backup, checks, drill, rule_tests, smoke
from tests.pipelines.checklists.looking import DAY, GOOD, HOUR, OTHER, ran, said

if TYPE_CHECKING:
    from pipelines.core.checklist import Line, Look
    from tests.pipelines.core.doubles import Noting

ERROR = {"check": "one", "severity": "error", "where": "a.yml", "summary": "is wrong"}
WARNING = {**ERROR, "severity": "warning"}
UNTESTED = {**ERROR, "check": "rule_coverage"}
COVERED = {
    "tests": 7,
    "cases": 9,
    "failed": 0,
    "alerts": 3,
    "alerts_covered": 3,
    "recordings": 2,
    "recordings_covered": 1,
}


def test_checks_are_green_by_a_run_on_the_live_release(look: Look) -> None:
    ran(look, "check", release=GOOD.id, checks=81, problems=[WARNING])
    ran(look, "deploy", ago=60, code=4, release=OTHER.id, checks=81, problems=[ERROR])
    state, evidence, todo = said(checks.LINE, look)

    assert (state, todo) == ("green", "")
    assert evidence.startswith(f"81 checks passed on release {GOOD.id}, 1 warning(s) (check of ")
    assert evidence.endswith("Z, 1h00m ago)")


def test_checks_are_red_where_one_failed_and_unknown_where_none_was_asked(look: Look) -> None:
    todo = "invoke check --env local"
    ran(look, "check", release=OTHER.id, checks=81, problems=[])
    assert said(checks.LINE, look) == (
        "unknown",
        f"no run on record has checked the live release {GOOD.id}",
        todo,
    )

    ran(look, "deploy.plan", release=GOOD.id, checks=81, problems=[ERROR])
    state, evidence, todo = said(checks.LINE, look)
    assert (state, todo) == ("red", todo)
    assert evidence.startswith("1 of 81 checks failed: one (deploy.plan of ")


def test_rule_tests_are_green_with_what_they_cover(look: Look) -> None:
    ran(look, "rules.test", subject="", covered=COVERED, problems=[WARNING])
    ran(look, "rules.test", ago=10, subject="node", covered={}, problems=[ERROR])
    state, evidence, _ = said(rule_tests.LINE, look)

    assert state == "green"
    assert evidence.startswith(
        "7 tests with 9 cases hold; they cover 3 of 3 alerts and 1 of 2 recordings (rules.test of"
    )


def test_without_such_a_run_the_checks_say_so_and_it_is_told_how_to_count(look: Look) -> None:
    assert said(rule_tests.LINE, look)[0] == "unknown"

    ran(look, "deploy", release=GOOD.id, checks=81, problems=[ERROR])
    state, evidence, todo = said(rule_tests.LINE, look)
    assert (state, todo) == ("green", "invoke rules.test --env local"), "another check failed"
    assert evidence.startswith("the checks promtool_tests and rule_coverage found nothing wrong (deploy of ")


@pytest.mark.parametrize(
    ("test_ago", "test_problems", "check_problems", "state"),
    [
        (60, [{**ERROR, "check": "rules.test"}], [], "red"),
        (6 * HOUR, [{**ERROR, "check": "rules.test"}], [], "green"),
        (60, [], [UNTESTED], "green"),
        (6 * HOUR, [], [UNTESTED], "red"),
    ],
)
def test_the_newer_run_decides(
    test_ago: float, test_problems: list[Any], check_problems: list[Any], state: str, look: Look
) -> None:
    ran(look, "rules.test", ago=test_ago, subject="", covered=COVERED, problems=test_problems)
    ran(look, "deploy", release=GOOD.id, checks=81, problems=check_problems)
    found, evidence, _ = said(rule_tests.LINE, look)

    assert found == state
    assert ("1 problem(s): a.yml: is wrong (" in evidence) is (state == "red")
    assert ("9 cases" in evidence) is (state == "green" and not test_problems)


def test_smoke_is_green_by_the_newest_findings_on_the_live_release(look: Look) -> None:
    ran(look, "deploy", ago=2 * HOUR, asked_release=GOOD.id, findings=[["ready", False, "no answer", 1.0]])
    ran(
        look,
        "deploy.smoke",
        asked_release=GOOD.id,
        findings=[["ready", True, "all", 1.0], ["rules", True, "all", 1.0]],
    )
    ran(
        look, "deploy", ago=60, code=12, asked_release=OTHER.id, findings=[["ready", False, "no answer", 1.0]]
    )
    state, evidence, _ = said(smoke.LINE, look)

    assert state == "green"
    assert evidence.startswith(f"2 probes passed on release {GOOD.id} (deploy.smoke of ")


def test_smoke_is_red_by_a_probe_that_did_not_pass(look: Look) -> None:
    todo = "invoke deploy.smoke --env local"
    assert said(smoke.LINE, look) == (
        "unknown",
        f"no run on record has asked the live release {GOOD.id}",
        todo,
    )

    findings = [["ready", True, "all", 1.0], ["rules", False, "2 of 3", 1.0]]
    ran(look, "deploy.smoke", code=12, asked_release=GOOD.id, findings=findings)
    state, evidence, _ = said(smoke.LINE, look)
    assert state == "red"
    assert evidence.startswith("1 probe(s) did not pass: rules: 2 of 3 (")


def test_smoke_is_red_where_the_release_is_not_proved(look: Look, runtime: Noting) -> None:
    runtime.deployed(OTHER, proved=False)
    ran(look, "deploy", asked_release=OTHER.id, findings=[["ready", True, "all", 1.0]])

    assert said(smoke.LINE, look)[:2] == ("red", f"release {OTHER.id} is live, and not proved")


@pytest.mark.parametrize(
    ("line", "task", "limit"), [(backup.LINE, "backup", 26 * HOUR), (drill.LINE, "restore.drill", 8 * DAY)]
)
def test_what_is_run_again_and_again_must_be_young(line: Line, task: str, limit: float, look: Look) -> None:
    todo = f"invoke {task} --env local"
    assert said(line, look) == ("unknown", f"no run of {task} is on record", todo)

    ran(look, task, ago=3 * limit, code=16, error="no room")
    assert said(line, look) == ("red", f"no run of {task} on record ended well; the last one: no room", todo)

    ran(look, task, ago=limit + 60)
    assert said(line, look)[0] == "red"

    ran(look, task, ago=limit - 60)
    state, evidence, _ = said(line, look)
    assert state == "green"
    assert evidence.startswith(f"the last good one: {task} of ")
    assert evidence.endswith(" allowed")

    ran(look, task, ago=60, code=16, error="locked")
    assert said(line, look)[1].endswith(" allowed; one since then failed: locked")
