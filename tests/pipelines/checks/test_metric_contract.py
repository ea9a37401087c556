"""The metric contract over what is shipped, over idle rules, and over whatever a contract holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.checks.cardinality import CHECK as CARDINALITY
from pipelines.checks.metric_contract import CHECK
from pipelines.core.check import Inspection
from stack.assemble import assemble
from stack.layers import environments
from stack.load import load
from stack.rendering import render_tree
from stack.report import Severity
from tests.bench.many_rules import write_rules

if TYPE_CHECKING:
    from stack.service import Stack

ROOT = Path(__file__).parents[3]


def inspection(stack: Stack, folder: Path) -> Inspection:
    return Inspection(stack, render_tree(stack, {})[1], folder, {}, ROOT)


@pytest.mark.parametrize("name", environments())
@pytest.mark.parametrize("check", [CHECK, CARDINALITY], ids=["metric_contract", "cardinality"])
def test_every_shipped_environment_passes_without_a_word(check: object, name: str, tmp_path: Path) -> None:
    seen = inspection(assemble(load(name).environment, root=ROOT), tmp_path)

    assert seen.stack.dashboards
    assert [problem.line() for problem in check.run(seen)] == []  # type: ignore[attr-defined] # both have it


@pytest.mark.parametrize("name", environments())
def test_what_is_shipped_may_rest_on_nothing_undeclared_and_on_no_waiver(name: str, tmp_path: Path) -> None:
    stack = assemble(load(name).environment, root=ROOT)
    found = list(CHECK.run(inspection(replace(stack, metrics={}), tmp_path)))
    severities = {(problem.where.partition("/")[0], problem.severity) for problem in found}

    # The recordings of the objectives are the environment's, so that they are held to what a site is.
    assert severities - {("rules", Severity.WARNING)} == {
        ("dashboards", Severity.ERROR),
        ("rules", Severity.ERROR),
    }
    assert not any(contract.waivers for contract in inspection(stack, tmp_path).contracts.by_name.values())


def test_an_idle_rule_may_ask_for_what_only_others_have_but_for_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "redis.yml").write_text(
        """\
groups:
  - name: redis
    rules:
      - {record: "env:verticals:down", expr: sum by (env) (1 - aether_service_up)}
      - {alert: Down, expr: "env:verticals:down > 0"}
      - {alert: Wrong, expr: aether_service_upp == 0}
      - {alert: Unfilled, expr: "up > ${{ env.values.nothing }}"}
"""
    )
    (tmp_path / "broken.yml").write_text("groups: [")
    stack = assemble(load("prod", overrides=["targets.command_center=[]"]).environment, root=ROOT)
    own = {stem: tmp_path / f"{stem}.yml" for stem in ("redis", "broken")}
    idle = {**stack.idle_rules, **own}
    assert list(CHECK.run(inspection(replace(stack, idle_rules=idle), tmp_path))) == [], (
        "it cannot be rendered"
    )

    text = (tmp_path / "redis.yml").read_text()
    (tmp_path / "redis.yml").write_text(text.replace("${{ env.values.nothing }}", "1"))
    [problem] = CHECK.run(inspection(replace(stack, idle_rules=idle), tmp_path))
    assert problem.where == "rules/redis.yml:6: redis/Wrong"
    assert problem.hint.startswith("did you mean 'aether_service_up'?")


def test_a_large_site_of_which_nobody_has_declared_anything_is_told_briefly(tmp_path: Path) -> None:
    write_rules(tmp_path / "site" / "rules", files=20)
    stack = assemble(load("prod").environment, root=ROOT, sites=(tmp_path / "site",))
    found = list(CHECK.run(inspection(stack, tmp_path)))

    assert {problem.severity for problem in found} == {Severity.WARNING}
    assert len(found) == 2, "two metrics, each told once"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary()
    | st.text().map(str.encode)
    | st.sampled_from([b"families: {a: {type: []}}", b"closed: 1"])
)
def test_whatever_a_contract_holds_the_checks_end(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "node.yaml"
    path.write_bytes(data)
    stack = replace(assemble(load("prod").environment, root=ROOT), metrics={"node": (path,)})
    seen = inspection(stack, tmp_path)

    assert all(problem.line() for check in (CHECK, CARDINALITY) for problem in check.run(seen))
