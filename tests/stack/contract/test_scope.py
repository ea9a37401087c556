"""What is known of the labels of recorded series, and of what only other environments have."""

from __future__ import annotations

from typing import Any

import pytest
from promql_parser import VectorSelector, parse

from stack.contract.family import SYNTHETIC, Contract, Family
from stack.contract.scope import Recording, Scope
from stack.contract.survey import Survey

NODE = Contract("node", families={"load": Family("gauge"), "cpu": Family("counter", {"mode": ("idle",)})})
OTHER = Contract("shop", families={"sold": Family("counter"), "load": Family("gauge", {"shop": ()})})
MADE = Contract(
    SYNTHETIC, families={"up": Family("gauge"), "ALERTS": Family("gauge", {"alertstate": ("firing",)})}
)
JOB: dict[str, Any] = {"job_name": "node", "static_configs": [{"targets": ["a:1"], "labels": {"env": "x"}}]}


def scope(recorded: dict[str, list[str]] | None = None, *, wide: bool = False, jobs: Any = (JOB,)) -> Scope:
    made = {
        name: [Recording(parse(expression), frozenset({"team"})) for expression in expressions]
        for name, expressions in (recorded or {}).items()
    }
    contracts = {contract.name: contract for contract in (NODE, OTHER, MADE)}
    owners = {"node": "node", "shop-job": "shop"}
    return Survey(list(jobs), contracts, owners, made, alerts={"Down"}).scope(wide=wide)


def selector(text: str) -> VectorSelector:
    tree = parse(text)
    assert isinstance(tree, VectorSelector)
    return tree


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ("load", frozenset({"job", "instance", "env", "team"})),
        ("sum by (env, mode) (rate(cpu[5m]))", frozenset({"env", "mode", "team"})),
        ("sum without (instance) (load)", frozenset({"job", "env", "team"})),
        ("chain", frozenset({"env", "team"})),
        ("vector(1)", None),
        ("unheard_of", None),
    ],
)
def test_a_recorded_series_has_the_labels_that_its_rule_leaves_it(
    expression: str, labels: set[str] | None
) -> None:
    found = scope({"made": [expression], "chain": ["max by (env, nothing) (load)"]})
    only = found.certain(selector("made")).only
    assert (only if only is None else set(only)) == labels


def test_a_name_that_two_rules_record_has_the_labels_of_both() -> None:
    found = scope({"made": ["sum by (env) (load)", "sum by (job) (load)"]})
    assert found.certain(selector("made")).only == frozenset({"env", "job", "team"})


@pytest.mark.parametrize(
    "loop", [{"a": ["a"]}, {"a": ["b"], "b": ["sum(a)"]}, {"a": ["b"], "b": ["c"], "c": ["a"]}]
)
def test_rules_that_feed_on_each_other_come_to_an_end(loop: dict[str, list[str]]) -> None:
    found = scope(loop)
    assert not found.certain(selector("a")).lack("team")
    assert not found.foreign_jobs("a")


def test_only_a_wide_scope_has_what_no_job_here_exposes() -> None:
    here, anywhere = scope(), scope(wide=True)

    assert (here.knows("sold"), anywhere.knows("sold")) == (False, True)
    assert here.elsewhere == dict.fromkeys(("sold", "load"), ("shop",))
    assert {source.job for source in anywhere.sources["sold"]} == {"shop-job"}
    assert here.jobs == {"node", "shop-job"}


def test_a_selector_has_the_sources_whose_job_it_lets_pass() -> None:
    found = scope(wide=True)
    counted = {
        text: len(found.of(selector(text)))
        for text in (
            "load",
            'load{job="node"}',
            'load{job!="node"}',
            'load{job=~"n.*|x"}',
            '{job="node"}',
            "ALERTS",
        )
    }
    assert counted == {
        "load": 2,
        'load{job="node"}': 1,
        'load{job!="node"}': 1,
        'load{job=~"n.*|x"}': 1,
        '{job="node"}': 4,
        "ALERTS": 1,
    }


def test_an_undeclared_job_may_bring_anything_and_its_labels_are_known() -> None:
    shop = {"job_name": "mine", "static_configs": [{"targets": ["a:1"], "labels": {"rack": "r"}}]}
    found = scope(jobs=(JOB, shop))

    assert found.unknown == ("job 'mine'",)
    assert not found.certain(selector("load")).lack("rack")
    assert {source.job for source in found.sources["up"]} == {"node", "shop-job", "mine"}


def test_a_job_that_discovery_names_is_no_mistake() -> None:
    assert scope().foreign_jobs("load") is False
    assert scope(jobs=({**JOB, "http_sd_configs": [{"url": "http://a"}]},)).foreign_jobs("up") is True
