"""The verb that runs the tests of the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from pipelines.commands.rules import mutate, test
from stack.errors import CheckFailed, DefinitionInvalid, EnvironmentInvalid, Refused
from tests.pipelines.commands.site import ENVIRONMENT, TESTS, Site, document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

OTHER_LABELS = "as many alerts as expected, with other labels or annotations"


@pytest.mark.integration
def test_a_line_for_each_rule_file_says_what_is_tested_and_covered(
    ran: Callable[..., tuple[int, list[str]]], site: Site
) -> None:
    code, lines = ran(test)
    assert code == 0
    row = dict(zip(lines[-3].split(), lines[-2].replace(" of ", "/").split(), strict=True))
    assert row.pop("SECONDS") > "0.00"
    assert row == {
        "ENVIRONMENT": "local",
        "RULES": "rules/shop.yml",
        "TESTS": "2",
        "CASES": "4",
        "ALERTS": "1/1",
        "RECORDINGS": "1/1",
        "FAILED": "-",
    }
    assert lines[-1] == "local: 2 tests with 4 cases, every expectation holds"
    assert ran(test)[1][-2].split()[-1] == "known"


@pytest.mark.integration
def test_the_journal_keeps_what_is_covered_in_the_run_s_own_environment(site: Site) -> None:
    doors = site.effects(every=True, subject="shop")
    test.run(doors)

    assert doors.journal.facts == {
        "subject": "shop",
        "problems": [],
        "covered": {
            "tests": 2,
            "cases": 4,
            "failed": 0,
            "alerts": 1,
            "alerts_covered": 1,
            "recordings": 1,
            "recordings_covered": 1,
        },
    }
    assert test.KEEPS


@pytest.mark.integration
def test_what_fails_in_some_environments_is_told_once_and_of_which(
    ran: Callable[..., tuple[int, list[str]]], site: Site, tmp_path: Path
) -> None:
    site.write(
        **{
            "rules/tests/shop_test.yml": TESTS.replace(
                "1m, exp_alerts", "${{ env.values.limit // 5 }}m, exp_alerts"
            )
        }
    )
    code, lines = ran(test, every=True, junit=str(tmp_path / "out.xml"), json=True)
    found = document(lines)
    problems = [(one["where"], one["summary"], one["severity"]) for one in found["problems"]]
    assert code == found["exit_code"] == CheckFailed.exit_code
    assert problems == [
        (
            "rules/tests/shop_test.yml:10: tests.0.alert_rule_test.0",
            f"in dev, prod, staging: slow & <slower>: Slow at 2m: {OTHER_LABELS}",
            "error",
        )
    ]
    assert [line["environment"] for line in found["rules"]] == ["dev", "local", "prod", "staging"]
    assert [line["failed"] for line in found["rules"]] == [1, 0, 1, 1]
    suites = ET.parse(tmp_path / "out.xml").findall("testsuite")
    assert [(one.get("name"), one.get("tests"), one.get("failures")) for one in suites] == [
        (f"{name}: rules/tests/shop_test.yml", "2", failures)
        for name, failures in (("dev", "1"), ("local", "0"), ("prod", "1"), ("staging", "1"))
    ]
    case = suites[0][0]
    assert (case.get("name"), case.get("line"), len(case.findall("failure"))) == ("slow & <slower>", "4", 1)


@pytest.mark.integration
def test_below_a_failure_stands_what_was_expected_and_what_there_is(
    ran: Callable[..., tuple[int, list[str]]], site: Site
) -> None:
    site.write(
        **{
            "rules/tests/shop_test.yml": TESTS.replace(
                "exp_alerts: []", "exp_alerts: [{exp_labels: {job: c}}]"
            )
        }
    )
    code, lines = ran(test)
    at = next(number for number, line in enumerate(lines) if "quick: Slow at 5m" in line)
    assert code == CheckFailed.exit_code
    assert lines[at].startswith("  ✗ rules/tests/shop_test.yml:16: tests.1.alert_rule_test.0: ")
    assert lines[at + 1].strip() == "name: quick,"
    assert 'Labels:{alertname="Slow", job="c"}' in lines[at + 5]


@pytest.mark.integration
def test_gaps_are_warnings_for_a_site_until_it_asks_for_more(
    ran: Callable[..., tuple[int, list[str]]], site: Site, tmp_path: Path
) -> None:
    site.write(**{"rules/bare.yml": "groups: [{name: a, rules: [{record: b, expr: up}]}]"})
    code, lines = ran(test)
    assert (code, lines[-2].split(":")[0]) == (0, "  ! rules/bare.yml")
    strict = f"{ENVIRONMENT['local']}\ngates: {{site: error}}"
    site.write(**{"stack/environments/local.yaml": strict})
    code, lines = ran(test, junit=str(tmp_path / "out.xml"))
    assert (code, lines[-2].split(":")[0]) == (CheckFailed.exit_code, "  ✗ rules/bare.yml")
    assert ET.parse(tmp_path / "out.xml").findall("testsuite")[-1].get("errors") == "1"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rule_files: [../gone.yml]\ntests: [", "gone_test.yml:3:1: the test file is no valid YAML"),
        ("rule_files: [../gone.yml]\ntests: []", "gone_test.yml:1: rule_files.0: there is no rule file"),
    ],
)
def test_a_test_file_that_is_about_no_rule_file_is_not_passed_over(
    ran: Callable[..., tuple[int, list[str]]], site: Site, text: str, said: str
) -> None:
    site.write(**{"rules/tests/gone_test.yml": text})
    code, lines = ran(test)

    assert code == CheckFailed.exit_code
    assert any(said in line for line in lines)


@pytest.mark.integration
def test_a_run_that_tested_nothing_fails(ran: Callable[..., tuple[int, list[str]]], site: Site) -> None:
    site.write(
        **{
            "rules/bare.yml": "groups: []",
            "rules/tests/bare_test.yml": "rule_files: [../bare.yml]\ntests: []",
        }
    )
    code, lines = ran(test, subject="bare")
    assert code == CheckFailed.exit_code
    assert "  ✗ rules/tests: nothing was tested" in lines
    assert any("bare_test.yml: it holds no tests" in line for line in lines)


@pytest.mark.integration
@pytest.mark.parametrize("verb", [test, mutate])
def test_an_unknown_subject_or_environment_and_a_broken_rule_file_are_refused_in_one_line(
    verb: ModuleType, site: Site
) -> None:
    with pytest.raises(Refused, match="there is no rule file 'shopp'") as refused:
        verb.run(site.effects(subject="shopp"))
    assert refused.value.advice == "did you mean 'shop'?"
    with pytest.raises(EnvironmentInvalid):
        verb.run(site.effects(environment="prodd"))
    site.write(**{"rules/odd.yml": "a: ${{ env.nothing }}"})
    with pytest.raises(DefinitionInvalid, match=r"odd\.yml:1"):
        verb.run(site.effects())


@pytest.mark.integration
@pytest.mark.parametrize("verb", [test, mutate])
def test_without_any_rule_file_nothing_is_tested_and_that_is_refused(verb: ModuleType, site: Site) -> None:
    (site.folder / "site" / "rules" / "shop.yml").unlink()
    with pytest.raises(Refused, match="nothing was tested"):
        verb.run(site.effects())
