"""The loaded rules are the rendered ones: by file, group, name, `for` and labels."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.probes.rules import PROBE
from stack.errors import HttpFailed
from stack.moment import unix
from stack.tree import Tree
from tests.doubles.prometheus import MOMENT, group, rule

FILE = """\
groups:
  - name: nodes
    labels: {team: a, area: all}
    rules:
      - {alert: Down, expr: up == 0, for: 1m30s, labels: {severity: page, area: one, legacy: true, n: 007}}
      - record: job:up
        expr: sum(up)
  - name: none
"""
LABELS = {"team": "a", "severity": "page", "area": "one", "legacy": "true", "n": "007"}


def loaded(**more: Any) -> list[dict[str, Any]]:
    """Give the file's groups as Prometheus 3 does: labels are texts, a group's among each rule's."""
    down = rule("Down", wait=90.0, **LABELS) | more
    record = rule("job:up", team="a", area="all") | {"type": "recording"}
    record.pop("duration")
    return [group("node.yml", "nodes", down, record), group("node.yml", "none")]


@pytest.fixture
def made(scene: Any) -> Any:
    built = scene()
    built.sight.release.tree.files["prometheus/rules/node.yml"] = FILE.encode()
    return built


def test_rules_that_are_live_as_rendered_and_healthy_pass(made: Any) -> None:
    made.prometheus.groups = loaded()

    assert PROBE.run(made.sight) == "2 rules of 2 groups are live and evaluate without an error"


@pytest.mark.parametrize(
    "groups",
    [
        [],
        loaded()[:1],
        [*loaded(), group("old.yml", "old")],
        [group("other.yml", "nodes", *loaded()[0]["rules"]), loaded()[1]],
        loaded(name="Up"),
        loaded(duration=91),
        loaded(labels={**LABELS, "severity": "info"}),
        loaded(labels={}),
    ],
    ids=["none", "fewer", "more", "file", "name", "for", "labels", "no labels"],
)
def test_any_other_rules_are_waited_for(made: Any, waits: Any, groups: Any) -> None:
    made.prometheus.groups = groups

    said = waits(PROBE, made)
    assert said.startswith("group ")
    assert said.endswith(" is not live as it was rendered")


def test_a_rule_that_fails_or_was_not_evaluated_yet_is_named(made: Any, waits: Any) -> None:
    made.prometheus.groups = loaded(health="err", lastError="many-to-many matching")
    assert waits(PROBE, made) == "rule Down: many-to-many matching"

    made.prometheus.groups = loaded(health="unknown")
    assert waits(PROBE, made) == "rule Down: not evaluated yet"


def test_a_slow_group_is_not_waited_for_and_its_failures_are_still_named(made: Any, waits: Any) -> None:
    slow, *others = loaded(health="unknown")
    made.prometheus.groups = [slow | {"interval": 120.0}, *others]
    assert PROBE.run(made.sight).startswith("2 rules of 2 groups")

    made.prometheus.groups = [loaded(health="err", lastError="no")[0] | {"interval": 120.0}, *others]
    assert waits(PROBE, made) == "rule Down: no"


def test_a_slow_group_that_failed_before_this_release_is_not_waited_for(scene: Any, waits: Any) -> None:
    late = scene(since=unix(MOMENT) + 1)
    late.sight.release.tree.files["prometheus/rules/node.yml"] = FILE.encode()
    failing, *others = loaded(health="err", lastError="no")
    late.prometheus.groups = [failing | {"interval": 120.0}, *others]
    assert PROBE.run(late.sight).startswith("2 rules of 2 groups")

    late.prometheus.groups = [failing, *others]
    assert waits(PROBE, late) == "rule Down: no"


def test_a_release_without_rules_has_none_live(scene: Any) -> None:
    bare = scene()
    bare.sight.release.tree.files["prometheus/rules/empty.yml"] = b"groups:\n"

    assert PROBE.run(bare.sight) == "0 rules of 0 groups are live and evaluate without an error"
    assert isinstance(bare.sight.release.tree, Tree)


def test_a_server_that_fails_is_told(made: Any) -> None:
    made.server.clear()
    made.page("/api/v1/rules", "out of memory", 500)

    with pytest.raises(HttpFailed, match="500 out of memory"):
        PROBE.run(made.sight)
