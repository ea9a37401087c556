"""A test on the few rules that it needs ends as bare promtool ends it on all of them."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.core.memory import Memory
from pipelines.rule_tests.gathering import ruleset_of
from pipelines.rule_tests.jobs import Bench
from pipelines.rule_tests.judge import Judge
from pipelines.rule_tests.reading import Reading
from stack.clients.promtool import Promtool
from stack.emit import to_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipelines.core.check import Inspection

METRICS = ("m", "n", "o", "p", "q")
RECORDS = ("r:a", "r:b", "n")  # one has the name of an input series
ALERTS = ("A", "B", "C")
EXPRESSIONS = (
    "X == 0",
    "X > 1",
    "X",
    "sum by (a) (X)",
    "sum without (b) (X) / sum without (b) (Y)",
    "X / Y",
    "X > on (a) Y",
    "X and on (a) Y",
    "X or Y",
    "X unless Y",
    "-(X or Y)",
    "absent(X)",
    "label_replace(X, 'b', 'same', '', '')",
    "count(ALERTS{alertname='A'})",
    "count by (alertname) (ALERTS{severity='page'})",
    "ALERTS",
    "topk(scalar(X), Y)",
    "vector(1)",
    "X{a='1'} > bool 0",
    "increase(X[2m])",
    "last_over_time(X[3m:1m])",
    "max_over_time(ALERTS_FOR_STATE[1m])",
)
RARELY = ('count({__name__=~"m|r:.*"})', '{__name__=~"m|n"} > 0', "count(limit_of(X))")


class Case:
    """A rule set and its tests, made up from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.groups = [f"g{at}" for at in range(self.random.randint(1, 4))]
        self.files = {f"f{at}": {"groups": self.groups_of(at)} for at in range(2)}
        self.tests = [self.test(at) for at in range(self.random.randint(1, 4))]

    def pick(self, *options: Any) -> Any:
        return self.random.choice(options)

    def expression(self) -> str:
        kinds = RARELY if self.random.random() < 0.02 else EXPRESSIONS
        words = (*METRICS, *METRICS, *RECORDS)
        form: str = self.pick(*kinds)
        return form.replace("X", self.pick(*words)).replace("Y", self.pick(*words))

    def groups_of(self, file: int) -> list[dict[str, Any]]:
        names = [name for at, name in enumerate(self.groups) if at % 2 == file]
        return [self.group(name) for name in names]

    def group(self, name: str) -> dict[str, Any]:
        more = self.pick({}, {}, {"interval": "30s"}, {"limit": 1}, {"labels": {"team": "x"}})
        return {"name": name, **more, "rules": [self.rule() for _ in range(self.random.randint(1, 5))]}

    def rule(self) -> dict[str, Any]:
        labels = self.pick({}, {}, {}, {"severity": "page"}, {"b": "same"}, {"severity": "{{ $value }}"})
        if self.pick(True, False):
            told = "{{ query `r:a` | len }}" if self.random.random() < 0.02 else "{{ $externalLabels.x }}"
            return {
                "alert": self.pick(*ALERTS),
                "expr": self.expression(),
                "for": self.pick("0s", "1m"),
                "labels": labels,
                "annotations": {"said": told},
            }
        fixed = {key: value for key, value in labels.items() if "{{" not in value}
        return {"record": self.pick(*RECORDS), "expr": self.expression(), "labels": fixed}

    def test(self, at: int) -> dict[str, Any]:
        return {
            "name": f"test {at}",
            "interval": self.pick("30s", "1m"),
            "external_labels": {"x": "y"},
            "input_series": [self.series() for _ in range(self.random.randint(0, 4))],
            "alert_rule_test": [self.of_alert() for _ in range(self.random.randint(0, 3))],
            "promql_expr_test": [self.of_expression() for _ in range(self.random.randint(1, 2))],
        }

    def series(self) -> dict[str, str]:
        labels = ", ".join(
            f'{name}="{self.pick(1, 2)}"'
            for name in self.random.sample(["a", "b"], self.random.randint(0, 2))
        )
        return {
            "series": f"{self.pick(*METRICS)}{{{labels}}}",
            "values": self.pick("0x9", "1x9", "0+1x9", "1x3 stale", "5x2 _x2 0x4"),
        }

    def of_alert(self) -> dict[str, Any]:
        return {
            "alertname": self.pick(*ALERTS),
            "eval_time": self.pick("0s", "1m", "90s", "3m"),
            "exp_alerts": self.pick([], [], [{"exp_labels": {"a": "1"}}]),
        }

    def of_expression(self) -> dict[str, Any]:
        samples = self.pick([], [{"labels": "{}", "value": self.pick(0, 1, 1.0000000000000002)}])
        return {"expr": self.expression(), "eval_time": self.pick("0s", "2m"), "exp_samples": samples}

    def suite(self, tests: list[dict[str, Any]], folder: str) -> dict[str, Any]:
        return {
            "rule_files": [f"{folder}{stem}.yml" for stem in self.files],
            "evaluation_interval": ("1m", "30s")[len(self.groups) % 2],
            "fuzzy_compare": len(self.groups) > 2,
            # Every group, once: the order of the others is another one each time, in promtool itself.
            "group_eval_order": self.groups,
            "tests": tests,
        }


def bare(case: Case, promtool: Path) -> list[tuple[str, ...]]:
    """Give what promtool says of each test on all the rules."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for stem, document in case.files.items():
            (folder / f"{stem}.yml").write_bytes(to_yaml(document))
        files = [f"{at}.test.yml" for at in range(len(case.tests))]
        for file, test in zip(files, case.tests, strict=True):
            (folder / file).write_bytes(to_yaml(case.suite([test], "")))
        return list(Promtool(promtool).run_tests(files, folder).values())


def engine(case: Case, inspection: Inspection) -> tuple[list[tuple[str, ...]], int, int]:
    """Give what is said of each test on the rules that it needs, and how many of how many those are."""
    (suite,) = ruleset_of(inspection).suites
    bench = Bench(suite, Reading(inspection.syntax).rules(suite.files))
    verdicts = Judge(inspection.tools["promtool"], Memory()).of(
        [bench.whole, *(one.job for one in bench.tests)]
    )
    unloadable = bench.unloadable(verdicts[bench.whole.key].said)
    said = [unloadable or verdicts[one.job.key].said for one in bench.tests]
    loaded = sum(len(one.need.loaded) for one in bench.tests)
    return said, loaded, len(bench.rules.all) * len(bench.tests)


def comparable(said: tuple[str, ...]) -> object:
    """Leave out what is another one each time: which of two series is named first, or is the top one."""
    changing = ("err: ", ".yml: ", "topk(")
    return bool(said) if any(what in text for what in changing for text in said) else said


@pytest.mark.integration
@pytest.mark.parametrize("seed", range(8))
def test_a_test_ends_as_it_does_on_all_rules(
    seed: int, inspect: Callable[..., Inspection], promtool: Path
) -> None:
    loaded = possible = passed = failed = 0
    for number in range(25):
        case = Case(1000 * seed + number)
        tools: Mapping[str, Path] = {"promtool": promtool}
        inspection = inspect(case.files, {"f_test": case.suite(case.tests, "../")}, tools)
        said, some, every = engine(case, inspection)
        wanted = bare(case, promtool)
        assert list(map(comparable, said)) == list(map(comparable, wanted)), (number, case.files, case.tests)
        loaded, possible = loaded + some, possible + every
        passed, failed = passed + sum(not one for one in wanted), failed + sum(map(bool, wanted))
    assert loaded < possible, "some rules were left out"
    assert min(passed, failed) > 0, "both verdicts were seen"
