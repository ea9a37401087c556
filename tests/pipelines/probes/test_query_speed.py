"""The rules' own expressions are asked, a hundred of them at most."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.probes import query_speed
from pipelines.probes.query_speed import MOST, PROBE
from tests.doubles.prometheus import group, rule


def test_every_expression_of_a_few_is_asked(scene: Any) -> None:
    made = scene()
    made.prometheus.groups = [group("a.yml", "a", rule("A"), rule("B")), group("b.yml", "b", rule("C"))]

    assert PROBE.run(made.sight).startswith("p95 of 3 rule expressions is ")
    assert sorted(made.prometheus.asked) == ["A > 0", "B > 0", "C > 0"]


@pytest.mark.parametrize("many", [MOST, MOST + 50, 10 * MOST])
def test_of_many_only_some_are_asked_from_all_over(scene: Any, many: int) -> None:
    made = scene()
    made.prometheus.groups = [group("a.yml", "a", *(rule(f"A{number}") for number in range(many)))]
    PROBE.run(made.sight)

    assert MOST <= len(made.prometheus.asked) < 2 * MOST
    assert made.prometheus.asked[-1] != f"A{MOST - 1} > 0" or many == MOST


def test_a_few_slow_ones_are_forgiven_and_more_are_not(
    scene: Any, waits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = scene()
    made.prometheus.groups = [group("a.yml", "a", *(rule(f"A{number}") for number in range(100)))]
    for slow, passes in ((5, True), (6, False)):
        times = iter([0.75] * slow + [0.01] * (100 - slow))
        monkeypatch.setattr(query_speed, "_time", lambda *_, times=times: next(times))
        if passes:
            assert PROBE.run(made.sight) == "p95 of 100 rule expressions is 10 ms"
        else:
            assert waits(PROBE, made) == "p95 of 100 queries is 750 ms, more than 500 ms"


def test_without_rules_there_is_nothing_to_ask(scene: Any) -> None:
    assert PROBE.run(scene().sight) == "there is no rule to ask"
