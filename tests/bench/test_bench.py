"""The benchmark's own parts: what it generates, computes and prints. Nothing here is timed."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from stack.emit import from_yaml
from stack.environment import Environment
from stack.rule_files import rule_stems
from tests import lab as labs
from tests.bench import __main__ as bench
from tests.bench.alert_latency import interval_floor
from tests.bench.by_hand import copies, empty, healths, start_by_hand
from tests.bench.many_rules import ROUTES, RULES_IN_A_FILE, write_rules
from tests.bench.many_tests import write_tests
from tests.bench.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_generated_rules_are_all_different_and_as_many_as_asked_for(tmp_path: Path) -> None:
    write_rules(tmp_path, 3)
    groups = [group for path in tmp_path.glob("*.yml") for group in from_yaml(path.read_bytes())["groups"]]
    rules = Counter(json.dumps(rule, sort_keys=True) for group in groups for rule in group["rules"])
    assert len(rules) == rules.total() == 3 * RULES_IN_A_FILE
    assert RULES_IN_A_FILE * 200 == 10_000


def test_another_edition_of_the_rules_differs_in_every_file(tmp_path: Path) -> None:
    write_rules(tmp_path, 2)
    before = {path: path.read_bytes() for path in tmp_path.glob("*.yml")}
    write_rules(tmp_path, 2, edition=1)
    assert all(path.read_bytes() != text for path, text in before.items())


@pytest.mark.integration
def test_every_check_passes_on_generated_rules_of_metrics_that_nobody_has_declared(tmp_path: Path) -> None:
    lab = labs.Lab(tmp_path).build()
    write_rules(lab.site / "rules", 2)
    checks = json.loads(lab.invoke("check", "--json").ok().out)["checks"]
    told = {problem["check"] for check in checks for problem in check["problems"]}
    severities = {problem["severity"] for check in checks for problem in check["problems"]}
    assert (told, severities) == ({"absence", "metric_contract", "rule_coverage"}, {"warning"})


@pytest.mark.integration
def test_generated_tests_hold_but_for_those_that_are_meant_not_to(tmp_path: Path) -> None:
    lab = labs.Lab(tmp_path).build()
    lab.environment(disable={"services": ["grafana"], "rules": sorted(rule_stems([labs.ROOT]))})
    write_rules(lab.site / "rules", 2)
    for rules, wrong in (("", False), ("../shop-*.yml", True)):
        write_tests(lab.site / "rules" / "tests", 2, rules=rules, wrong=wrong)
        tests = json.loads(lab.invoke("rules.test", "--json").out)["tests"]
        failed = [test["name"].partition(":")[0] for test in tests if not test["passed"]]
        assert len(tests) == 2 * len(ROUTES)
        assert failed == (["shop-000/cart", "shop-001/upload"] if wrong else [])


@pytest.mark.integration
def test_a_stack_that_is_started_by_hand_does_its_work_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with labs.lab(tmp_path) as lab:
        lab.invoke("deploy").ok()
        processes, targets = copies(lab), len(healths(lab))
        lab.invoke("stop").ok()
        empty(lab.root / "data")
        start_by_hand(lab, processes, targets)
        assert lab.processes() == []
        assert any((lab.root / "data" / "prometheus").iterdir()), "it has scraped, by hand"


def test_the_floor_of_an_alert_lies_between_its_wait_and_the_sum_of_all_intervals() -> None:
    floor = interval_floor(
        Environment(
            name="x",
            scrape_interval="5s",
            evaluation_interval="10s",
            alertmanager={"route": {"group_wait": "2s"}},
        )
    )
    assert min(floor) == pytest.approx(2, abs=0.1)
    assert max(floor) == pytest.approx(17, abs=0.1)
    assert sum(floor) / len(floor) == pytest.approx(9.5)


def test_a_named_figure_is_printed_and_written_beside_its_floor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure() -> Iterator[Row]:
        yield Row("a deploy", (3.0, 1.0, 2.0), (0.5, 0.25, 4.0), "by hand", "< 30 s")

    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # the benchmark takes it away
    monkeypatch.setattr(bench, "FIGURES", {"one": measure})
    assert bench.main(["one", "--json", str(tmp_path / "out.json")]) == 0
    cells = re.split(r"\s{2,}", capsys.readouterr().out.splitlines()[-1])
    assert cells == ["a deploy", "2.00", "1.00..3.00", "3", "0.50", "4.00", "< 30 s", "by hand"]
    document = json.loads((tmp_path / "out.json").read_bytes())
    assert (document["cores"] or 0) > 0
    assert document["figures"][0]["ratio"] == 4.0


def test_an_unknown_figure_is_refused_with_the_names_of_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        bench.main(["deploy-warm"])
    assert "there is no figure 'deploy-warm'; there are task-list, deploy-idle" in capsys.readouterr().err
