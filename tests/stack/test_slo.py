"""What an objective records: shares of errors at a known history, and what is left of its budget."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stack.clients.command import run
from stack.duration import seconds
from stack.environment import Environment
from stack.load import load
from stack.slo import HISTORY, objectives, slo_rules

if TYPE_CHECKING:
    from pathlib import Path

WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
SHOP = {
    "objective": 99.9,
    "errors": 'increase(http_total{code="500"}[$window])',
    "total": "increase(http_total[$window])",
}


def environment(retention: str = "15d", **slos: Any) -> Environment:
    return Environment.model_validate({"name": "lab", "retention": retention, "slos": slos or {"shop": SHOP}})


def groups(made: Environment, name: str = "shop") -> list[dict[str, Any]]:
    document: dict[str, Any] = yaml.safe_load(slo_rules(made)[f"slo-{name}"])
    return list(document["groups"])


def text(made: Environment | None = None, name: str = "shop") -> bytes:
    return slo_rules(made or environment())[f"slo-{name}"]


def recorded(made: Environment) -> dict[str, dict[str, Any]]:
    return {rule["record"]: rule for group in groups(made) for rule in group["rules"]}


def expectation(name: str, value: float | None, **labels: str) -> dict[str, Any]:
    """Expect one sample, or none."""
    said = ", ".join(f'{key}="{text}"' for key, text in ({"slo": "shop", "env": "x"} | labels).items())
    samples = [] if value is None else [{"labels": f"{{{said}}}", "value": value}]
    return {"expr": f"round({name}, 0.0001)", "eval_time": "1h", "exp_samples": samples}


def judged(promtool: str, folder: Path, rules: bytes, series: dict[str, str], *wanted: dict[str, Any]) -> str:
    """Let promtool evaluate recordings over a minute-wise history; give what it finds wrong."""
    (folder / "slo.yml").write_bytes(rules)
    inputs = [{"series": name, "values": values} for name, values in series.items()]
    test = {"interval": "1m", "input_series": inputs, "promql_expr_test": list(wanted)}
    document = {"rule_files": ["slo.yml"], "evaluation_interval": "1m", "tests": [test]}
    (folder / "slo_test.yml").write_text(yaml.safe_dump(document))
    done = run([promtool, "test", "rules", folder / "slo_test.yml"])
    return "" if done.code == 0 else done.said


def test_every_window_is_recorded_and_the_long_ones_are_evaluated_less_often() -> None:
    quick, slow = groups(environment())

    assert [rule["record"] for rule in quick["rules"]] == [
        "slo:objective:ratio",
        *(f"slo:error:ratio_rate{window}" for window in WINDOWS[:3]),
    ]
    assert [rule["record"] for rule in slow["rules"]] == [
        *(f"slo:error:ratio_rate{window}" for window in WINDOWS[3:]),
        "slo:error_budget:remaining_ratio",
    ]
    assert "interval" not in quick
    assert 60 < seconds(slow["interval"]) < 300, "a sample is seen for five minutes"
    assert (quick["name"], slow["name"]) == ("slo-shop", "slo-shop-slow")


def test_the_window_is_filled_in_wherever_it_stands() -> None:
    rules = recorded(environment())

    for window in WINDOWS:
        expression = rules[f"slo:error:ratio_rate{window}"]["expr"]
        assert set(re.findall(r"\[(.+?)\]", expression)) == {window}
    assert seconds(HISTORY) == seconds(WINDOWS[-1]) + seconds("1h")


@pytest.mark.parametrize(("retention", "looked_back"), [("15d", "15d"), ("720h", "30d"), ("1y", "30d")])
def test_a_budget_is_of_thirty_days_or_of_as_much_as_is_kept(retention: str, looked_back: str) -> None:
    expression = recorded(environment(retention))["slo:error_budget:remaining_ratio"]["expr"]
    assert f"[{looked_back}]" in expression


def test_an_objective_that_is_taken_away_is_none() -> None:
    made = environment(shop=SHOP, scrapes=None)
    assert (set(objectives(made)), set(slo_rules(made))) == ({"shop"}, {"slo-shop"})


@given(st.decimals(min_value="0.001", max_value="99.999", places=3))
def test_an_objective_is_recorded_as_it_was_written(percent: Any) -> None:
    rule = recorded(environment(shop=SHOP | {"objective": float(percent)}))["slo:objective:ratio"]
    assert float(rule["expr"].removeprefix("vector(").removesuffix(")")) == float(percent / 100)
    assert rule["labels"] == {"slo": "shop", "env": "lab"}


@pytest.mark.integration
class TestWithPromtool:
    def test_the_share_of_errors_is_that_of_each_window(self, promtool: str, tmp_path: Path) -> None:
        history = {
            # One of a hundred all the time, and ten of a hundred in the last half hour.
            'http_total{env="x", code="500", instance="a"}': "0+1x30 40+10x30",
            'http_total{env="x", code="200", instance="b"}': "0+99x30 3060+90x30",
            'http_total{env="y", code="200"}': "0+100x60",
            'http_total{env="y", code="500"}': "7x60",
        }
        wanted = (
            expectation('slo:error:ratio_rate5m{env="x"}', 0.1),
            expectation('slo:error:ratio_rate30m{env="x"}', 0.1),
            expectation('slo:error:ratio_rate1h{env="x"}', 0.055),
            expectation('slo:error:ratio_rate3d{env="x"}', 0.055),
            expectation('slo:error:ratio_rate1h{env="y"}', 0, env="y"),
            expectation("slo:objective:ratio", 0.999, env="lab"),
        )
        assert judged(promtool, tmp_path, text(), history, *wanted) == ""

    def test_a_restart_of_a_server_is_no_error(self, promtool: str, tmp_path: Path) -> None:
        history = {
            'http_total{env="x", code="500"}': "0+1x30 0+1x30",
            'http_total{env="x", code="200"}': "0+9x30 0+9x30",
        }
        assert judged(promtool, tmp_path, text(), history, expectation("slo:error:ratio_rate1h", 0.1)) == ""

    def test_nothing_to_count_is_no_error_and_nothing_at_all_no_sample(
        self, promtool: str, tmp_path: Path
    ) -> None:
        never_failed = {'http_total{env="x", code="200"}': "0+9x60"}
        nobody_asks = {'http_total{env="x", code="200"}': "9x60", 'http_total{env="x", code="500"}': "1x60"}
        gone = {'http_total{env="x", code="200"}': "9x30 stale"}
        for at, (history, value) in enumerate(((never_failed, 0), (nobody_asks, 0), (gone, None))):
            (folder := tmp_path / str(at)).mkdir()
            wanted = expectation("slo:error:ratio_rate5m", value)
            assert judged(promtool, folder, text(), history, wanted) == ""

    def test_what_is_left_of_a_budget(self, promtool: str, tmp_path: Path) -> None:
        made = environment(shop=SHOP | {"objective": 90})
        history = {
            'http_total{env="x", code="500"}': "0+4x60",
            'http_total{env="x", code="200"}': "0+96x60",
            'http_total{env="y", code="500"}': "0+30x60",
            'http_total{env="y", code="200"}': "0+70x60",
        }
        name = "slo:error_budget:remaining_ratio"
        wanted = (
            expectation(f'{name}{{env="x"}}', 0.6),
            expectation(f'{name}{{env="y"}}', -2, env="y"),
        )
        assert judged(promtool, tmp_path, text(made), history, *wanted) == ""

    def test_the_shipped_objective_counts_failed_scrapes(self, promtool: str, tmp_path: Path) -> None:
        history = {'up{job="a", env="x"}': "1x60", 'up{job="b", env="x"}': "1x45 0x15"}
        wanted = (
            expectation("slo:error:ratio_rate1h", 0.125, slo="scrapes"),
            expectation("slo:error:ratio_rate5m", 0.5, slo="scrapes"),
        )
        rules = text(load("prod").environment, "scrapes")
        assert judged(promtool, tmp_path, rules, history, *wanted) == ""
