from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pipelines.core.check import Inspection
from pipelines.core.memory import Memory
from pipelines.rule_tests.equivalents import equivalents, misnamed
from pipelines.rule_tests.gathering import ruleset_of
from pipelines.rule_tests.judge import Judge
from pipelines.rule_tests.mutation import try_tests
from pipelines.rule_tests.run import prepare
from pipelines.rule_tests.survivors import survivors
from stack.assemble import assemble
from stack.clients.command import Completed, run
from stack.load import load
from stack.references import render_rules
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.environment import Environment

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "rules").glob("*.yml"))
TESTS = sorted((ROOT / "rules" / "tests").glob("*_test.yml"))
SHIPPED = sorted(
    path.stem for path in (ROOT / "stack" / "environments").glob("*.yaml") if path.stem != "base"
)
STRICT = {
    "cpu_percent": 50,
    "memory_percent": 50,
    "disk_free_percent": 40,
    "disk_fill_hours": 48,
    "clock_skew_seconds": 0.01,
    "clock_apart_seconds": 0.5,
    "scrape_slow_seconds": 1,
    "notification_failure_percent": 10,
    "probe_slow_seconds": 0.5,
    "cert_days_warning": 45,
    "cert_days_page": 14,
    "resource_flaps": 2,
    "grafana_error_percent": 1,
    "grafana_query_error_percent": 10,
    "grafana_query_seconds": 1,
    "backup_max_age_hours": 7,
    "backup_compared_days": 2,
    "drill_max_age_days": 1,
    "postgres_connections_percent": 50,
    "postgres_lag_seconds": 5,
    "postgres_deadlocks": 2,
    "redis_memory_percent": 60,
    "redis_evictions_per_second": 0,
    "container_restarts": 0,
    "runbooks": "https://wiki.example/runbooks",
}
LENIENT = {
    "cpu_percent": 97,
    "memory_percent": 97,
    "disk_free_percent": 3,
    "disk_fill_hours": 24,
    "clock_skew_seconds": 1,
    "clock_apart_seconds": 60,
    "scrape_slow_seconds": 60,
    "notification_failure_percent": 80,
    "probe_slow_seconds": 4,
    "cert_days_warning": 7,
    "cert_days_page": 1,
    "resource_flaps": 9,
    "grafana_error_percent": 20,
    "grafana_query_error_percent": 80,
    "grafana_query_seconds": 20,
    "backup_max_age_hours": 200,
    "backup_compared_days": 14,
    "drill_max_age_days": 40,
    "postgres_connections_percent": 97,
    "postgres_lag_seconds": 600,
    "postgres_deadlocks": 100,
    "redis_memory_percent": 97,
    "redis_evictions_per_second": 500,
    "container_restarts": 20,
    "runbooks": "",
}
VARIANTS = {
    **{name: (name, {}) for name in SHIPPED},
    "strict": ("prod", STRICT),
    "lenient": ("dev", LENIENT),
}
SEED = {
    "AetherlinkVerticalServiceDown": ("5m", "warning"),
    "AetherlinkVerticalDataStale": ("10m", "warning"),
    "AetherlinkVerticalScrapeErrors": ("2m", "warning"),
    "AetherlinkVerticalScrapeSlow": ("5m", "info"),
}


def environment(variant: str) -> Environment:
    name, values = VARIANTS[variant]
    return load(name, overrides=[f"values.{key}={value!r}" for key, value in values.items()]).environment


def rendered(path: Path, variant: str = "local") -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(render_rules(path, environment(variant)))
    return document


def cases_of(path: Path, variant: str = "local") -> dict[str, Any]:
    return rendered(path.parent / "tests" / f"{path.stem}_test.yml", variant)


def rules(path: Path, kind: str) -> list[dict[str, Any]]:
    return [rule for group in rendered(path)["groups"] for rule in group["rules"] if kind in rule]


def alerts() -> Iterator[tuple[str, dict[str, Any]]]:
    yield from ((path.stem, rule) for path in RULES for rule in rules(path, "alert"))


def tried(promtool: str, folder: Path, document: Mapping[str, Any], tests: Mapping[str, Any]) -> Completed:
    (folder / "tests").mkdir(parents=True)
    (folder / Path(tests["rule_files"][0]).name).write_text(yaml.safe_dump(document))
    (folder / "tests" / "case_test.yml").write_text(yaml.safe_dump(tests))
    return run([promtool, "test", "rules", folder / "tests" / "case_test.yml"])


def test_every_rule_file_has_its_test_and_no_test_is_without_its_rules() -> None:
    stems = {path.stem for path in RULES}
    assert {path.stem.removesuffix("_test") for path in TESTS} == stems
    assert stems >= {"watchdog", "prometheus", "node", "command-center"}


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_a_test_loads_just_its_own_rules_and_fires_and_spares_every_alert(path: Path) -> None:
    document = cases_of(path)
    assert document["rule_files"] == [f"../{path.name}"]
    cases = [case for test in document["tests"] for case in test.get("alert_rule_test", [])]
    asked = [case["expr"] for test in document["tests"] for case in test.get("promql_expr_test", [])]
    named = {rule["alert"] for rule in rules(path, "alert")}
    firing = {case["alertname"] for case in cases if case["exp_alerts"]}
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == named
    assert firing == named - {"Watchdog"}, "the watchdog's release differs: it is asked for by expression"
    for rule in rules(path, "record"):
        assert any(rule["record"] in expression for expression in asked), rule["record"]


@pytest.mark.parametrize(("stem", "rule"), [pytest.param(*found, id=found[1]["alert"]) for found in alerts()])
def test_every_alert_says_how_bad_it_is_and_what_to_do(stem: str, rule: dict[str, Any]) -> None:
    allowed = {"none"} if rule["alert"] == "Watchdog" else {"page", "warning", "info"}
    assert rule["labels"]["severity"] in allowed
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    assert rule["annotations"]["runbook_url"] == f"docs/runbooks/{rule['alert']}.md"
    page = (ROOT / rule["annotations"]["runbook_url"]).read_text()
    parts = re.split(r"^## (.+)\n", page, flags=re.MULTILINE)
    assert parts[1::2] == ["Impact", "Diagnosis", "Action", "Escalation"]
    assert all(len(text.strip()) > 20 for text in parts[::2])
    assert f"rules/{stem}.yml" in parts[0]


def test_every_runbook_belongs_to_an_alert_and_its_links_lead_somewhere() -> None:
    pages = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
    assert [page.stem for page in pages] == sorted(rule["alert"] for _, rule in alerts())
    for page in pages:
        for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
            assert (page.parent / target.partition("#")[0]).exists(), f"{page.name}: {target}"


def test_the_seeds_alerts_keep_their_names_durations_and_severities() -> None:
    found = {rule["alert"]: (rule.get("for"), rule["labels"]["severity"]) for _, rule in alerts()}
    assert {name: found[name] for name in SEED} == SEED


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_no_rule_is_bound_to_one_environment(path: Path) -> None:
    assert not re.search(r'\benv\s*(=|=~|!=|!~)\s*"', path.read_text())
    assert rendered(path, "local") == rendered(path, "prod"), "equal values, another name: equal rules"


def test_the_watchdog_is_quick_and_names_its_release() -> None:
    (group,) = rendered(ROOT / "rules" / "watchdog.yml")["groups"]
    assert (group["name"], group["interval"]) == ("watchdog", "1s")
    assert group["rules"][0]["labels"] == {"severity": "none", "release": "@release@"}


@pytest.mark.integration
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_the_rules_of_every_environment_are_free_of_lint_and_pass_their_tests(
    path: Path, variant: str, promtool: str, tmp_path: Path
) -> None:
    done = tried(promtool, tmp_path, rendered(path, variant), cases_of(path, variant))
    assert done.code == 0, done.said
    lint = run([promtool, "check", "rules", "--lint=all", "--lint-fatal", tmp_path / path.name])
    assert lint.code == 0, lint.said


@pytest.mark.integration
def test_the_tests_see_every_mutant_of_every_alert(promtool: str, tmp_path: Path) -> None:
    stack = assemble(environment("prod"), root=ROOT)
    files = {
        f"prometheus/rules/{stem}.yml": render_rules(file, stack.environment)
        for stem, file in stack.rules.items()
    }
    inspection = Inspection(stack, Tree(files), tmp_path, {}, ROOT)
    ruleset, judge = ruleset_of(inspection), Judge(Path(promtool), Memory())
    ready = prepare(ruleset, inspection.syntax, "rules")
    trials = try_tests(ruleset, ready, judge, inspection.syntax, ruleset.files)
    listed, wrong = equivalents(stack, ruleset.files, "rules")
    problems = [*wrong, *misnamed(listed, trials, "rules"), *survivors(trials, listed, "rules")]
    assert {trial.mutant.rule.name for trial in trials} == {rule["alert"] for _, rule in alerts()}
    assert [problem.line() for problem in problems] == []
