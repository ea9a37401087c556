"""The verbs about rules: test, mutate."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from pipelines.commands.rules import mutate, test
from pipelines.core.toolbox import Toolbox
from stack.binaries import Binary
from stack.errors import CheckFailed, DefinitionInvalid, EnvironmentInvalid, Refused
from tests.pipelines.core.doubles import effects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import ModuleType

    from pipelines.core.effects import Effects

RULES = """
groups:
  - name: shop
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: Slow
        expr: seconds > ${{ env.values.limit }}
        for: 1m
        labels: {severity: page}
"""
TESTS = """
rule_files: [../shop.yml]
tests:
  - name: slow & <slower>
    input_series:
      - {series: 'seconds{job="a"}', values: "${{ env.values.limit }} ${{ env.values.limit + 0.1 }}x9"}
      - {series: 'seconds{job="b"}', values: "${{ env.values.limit * 2 }}x1 0x9"}
      - {series: 'up{job="a"}', values: "1x9"}
    alert_rule_test:
      - {alertname: Slow, eval_time: 1m, exp_alerts: [{exp_labels: {job: b, severity: page}}]}
      - {alertname: Slow, eval_time: 2m, exp_alerts: [{exp_labels: {job: a, severity: page}}]}
    promql_expr_test:
      - {expr: job:up:sum, eval_time: 1m, exp_samples: [{labels: 'job:up:sum{job="a"}', value: 1}]}
  - name: quick
    input_series: [{series: 'seconds{job="a"}', values: "0 ${{ env.values.limit }}x9"}]
    alert_rule_test: [{alertname: Slow, eval_time: 5m, exp_alerts: []}]
"""
ENVIRONMENT = {
    "local": "extends: local\nvalues: {limit: 5}",
    "dev": "extends: dev\nvalues: {limit: 10}",
    "staging": "extends: staging\nvalues: {limit: 10}",
    "prod": "extends: prod\nvalues: {limit: 10}",
}


OTHER_LABELS = "as many alerts as expected, with other labels or annotations"


class Site:
    """A site with rules of its own, beside a repository without any."""

    def __init__(self, folder: Path, promtool: Path) -> None:
        self.folder, self.promtool = folder, promtool
        self.write(**{f"stack/environments/{name}.yaml": text for name, text in ENVIRONMENT.items()})
        self.write(**{"rules/shop.yml": RULES, "rules/tests/shop_test.yml": TESTS})

    def write(self, **files: str) -> None:
        for name, text in files.items():
            path = self.folder / "site" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def effects(self, *, json: bool = False, environment: str = "local", **values: str | bool) -> Effects:
        made = effects(self.folder / "var", json=json)
        options = replace(made.options, environment=environment, sites=(self.folder / "site",), values=values)
        return replace(made, options=options, toolbox=Toolbox(self._find, lambda _: None))

    def _find(self, programs: Any, environment: Any) -> Mapping[str, Binary]:
        return {
            program.name: Binary(program.name, "1", "test", {"promtool": self.promtool})
            for program in programs
        }


@pytest.fixture
def site(tmp_path: Path, promtool: Path) -> Site:
    return Site(tmp_path, promtool)


@pytest.fixture
def ran(site: Site, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[str]]]:
    """Run a verb, and give its exit code and its lines."""

    def run(verb: ModuleType, **options: Any) -> tuple[int, list[str]]:
        capsys.readouterr()
        return verb.run(site.effects(**options)), capsys.readouterr().out.splitlines()

    return run


def document(lines: list[str]) -> Any:
    return json.loads("\n".join(lines))


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


@pytest.mark.parametrize("verb", [test, mutate])
def test_without_any_rule_file_nothing_is_tested_and_that_is_refused(verb: ModuleType, site: Site) -> None:
    (site.folder / "site" / "rules" / "shop.yml").unlink()
    with pytest.raises(Refused, match="nothing was tested"):
        verb.run(site.effects())


@pytest.mark.integration
def test_every_mutant_of_a_well_tested_alert_is_seen_in_every_environment(
    ran: Callable[..., tuple[int, list[str]]],
) -> None:
    for environment in ENVIRONMENT:
        code, lines = ran(mutate, subject="shop", environment=environment)
        assert (code, lines[-1]) == (0, f"{environment}: the tests see 7 of 7 mutants of 1 alert(s)")


def survivors(lines: list[str]) -> Iterator[tuple[str, str]]:
    for problem in document(lines)["problems"]:
        yield problem["where"], problem["summary"]


LAX = TESTS.replace("${{ env.values.limit + 0.1 }}", "999").replace('"0 ${{', '"0 0 ${{ 0 *')
EQUIVALENT = "rules/tests/equivalent/shop.yml"


@pytest.mark.integration
def test_a_mutant_that_no_test_sees_is_told_at_its_rule_unless_it_is_listed_with_a_reason(
    ran: Callable[..., tuple[int, list[str]]], site: Site
) -> None:
    site.write(**{"rules/tests/shop_test.yml": LAX})
    code, lines = ran(mutate, json=True)
    where = "rules/shop.yml:7: shop/Slow"
    assert code == CheckFailed.exit_code
    assert list(survivors(lines)) == [(where, "no test sees threshold 1 raised: `5` becomes `5.5`")]
    (mutant,) = [one for one in document(lines)["mutants"] if not one["seen_by"]]
    assert mutant == {
        "alert": "Slow",
        "mutant": "threshold 1 raised",
        "was": "5",
        "becomes": "5.5",
        "where": where,
        "seen_by": "",
    }
    site.write(**{EQUIVALENT: "- {alert: Slow, mutant: threshold 1 raised, reason: it is whole seconds}"})
    assert ran(mutate)[0] == 0


@pytest.mark.integration
@pytest.mark.parametrize(
    ("listed", "where", "summary"),
    [
        (
            "- {alert: Slow, mutant: for dropped, reason: x}",
            ":1: 0",
            "the test 'slow & <slower>' sees for dropped of Slow",
        ),
        ("[]\n- {alert: Slow}", "", "must be a list"),
        ("a: b", "", "must be a list"),
        ("- {alert: Slow, mutant: for droped, reason: x}", ":1: 0", "Slow has no mutant 'for droped'"),
        ("\n- {alert: Slo, mutant: for dropped, reason: x}", ":2: 0", "there is no alert 'Slo'"),
        (
            "- {alert: Slow, mutant: for dropped, reason: ''}",
            ":1: 0",
            "an entry has an alert, a mutant and a reason",
        ),
        ("- 7", ":1: 0", "an entry has an alert, a mutant and a reason"),
    ],
)
def test_an_entry_that_names_no_mutant_that_lives_is_a_problem_itself(
    ran: Callable[..., tuple[int, list[str]]], site: Site, listed: str, where: str, summary: str
) -> None:
    site.write(**{EQUIVALENT: listed})
    code, lines = ran(mutate, json=True)
    ((place, said),) = survivors(lines)
    assert (code, place) == (CheckFailed.exit_code, f"{EQUIVALENT}{where}")
    assert said.startswith(summary)


@pytest.mark.integration
def test_an_alert_without_a_test_is_told_once_and_a_second_one_of_its_name_has_mutants_of_its_own(
    ran: Callable[..., tuple[int, list[str]]], site: Site
) -> None:
    more = """
      - {alert: Slow, expr: seconds > 100, labels: {severity: info}}
      - {alert: Other, expr: up == 3}
"""
    site.write(**{"rules/shop.yml": RULES + more})
    _, lines = ran(mutate, json=True)
    assert sorted(survivors(lines)) == [
        ("rules/shop.yml:12: shop/Slow", f"no test sees rule 2: {what}")
        for what in (
            "another severity: `info` becomes `unheard-of`",
            "never fires",
            "threshold 1 lowered: `100` becomes `90`",
            "threshold 1 raised: `100` becomes `110`",
        )
    ] + [("rules/shop.yml:13: shop/Other", "no test names the alert Other")]


@pytest.mark.integration
def test_tests_that_fail_as_it_is_are_told_and_nothing_is_tried(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.write(**{"rules/tests/shop_test.yml": TESTS.replace("exp_alerts: []", "exp_alerts: [{}]")})
    with pytest.raises(CheckFailed, match="quick: Slow at 5m"):
        mutate.run(site.effects())
    assert "✗ rules/tests/shop_test.yml:16" in capsys.readouterr().out
