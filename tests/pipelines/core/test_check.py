"""The shared views of a rendered tree."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from pipelines.core import source
from pipelines.core.check import PROMETHEUS, Inspection
from stack.assemble import services
from stack.emit import from_yaml
from stack.environment import Environment
from stack.report import Severity
from stack.service import Stack
from stack.tree import Tree

STACK = Stack(Environment.model_validate({"name": "test"}), services(), services())
RULES = b"""\
groups:
  - name: first
    rules: [{alert: A, expr: up == 0}]
  - not a group
  - name: second
    rules:
      - just a text
      - record: b:c
        expr: up
        labels:
          team: a
"""


def inspection(**files: bytes) -> Inspection:
    """Give an inspection of rule files."""
    tree = Tree({f"prometheus/rules/{stem}.yml": text for stem, text in files.items()})
    return Inspection(STACK, tree, Path("nowhere"), {}, Path("nowhere"))


def test_rules_are_read_past_what_is_malformed_and_know_their_lines() -> None:
    seen = inspection(a=RULES, b=b"groups: [", c=b"[]", d=b"2001-99-99", e=b"")
    assert [seen.where(rule) for rule in seen.rules] == [
        "rules/a.yml:3: first/A",
        "rules/a.yml:8: second/b:c",
    ]
    assert [rule.kind for rule in seen.rules] == ["alert", "record"]
    assert [rule.name for rule in seen.alerts] == ["A"]
    assert [group.name for group in seen.groups] == ["first", "second"]
    assert seen.line("prometheus/rules/a.yml", ("groups", 2, "rules", 1, "labels", "team")) == 11
    assert seen.line("prometheus/rules/a.yml", ("groups", 9, "nowhere")) == 2
    assert seen.line("prometheus/rules/b.yml", ("groups", 0)) == 1


def test_a_tree_without_configurations_is_empty_and_not_an_error() -> None:
    seen = Inspection(STACK, Tree({PROMETHEUS: b"- a list"}), Path("nowhere"), {}, Path("nowhere"))
    assert (seen.prometheus, seen.alertmanager, seen.jobs, seen.rules) == ({}, {}, [], ())


def test_each_file_is_read_once_however_many_threads_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []

    def reading(text: bytes) -> Any:
        read.append(text)
        return from_yaml(text)

    monkeypatch.setattr(source, "from_yaml", reading)
    seen, start = inspection(**{f"f{number}": RULES + b"# %d" % number for number in range(20)}), Barrier(8)

    def ask(_: int) -> int:
        start.wait()
        return len(seen.rules) + len(seen.alerts) + len(seen.groups)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {100}
    assert len(read) == len(set(read)) == 20


def test_an_expression_has_one_syntax_tree_and_what_is_none_has_none() -> None:
    seen = inspection()
    assert seen.syntax("sum(up)") is seen.syntax("sum(up)") is not None
    assert seen.syntax("sum(") is None


@pytest.mark.parametrize(
    ("name", "overlaid", "site", "verdict"),
    [
        ("prod", False, "warning", Severity.ERROR),
        ("prod", True, "warning", Severity.WARNING),
        ("prod", True, "error", Severity.ERROR),
        ("lab", False, "warning", Severity.WARNING),
        ("lab", False, "error", Severity.ERROR),
    ],
)
def test_our_house_rules_are_strict_for_a_shipped_environment_as_it_was_shipped(
    name: str, overlaid: bool, site: str, verdict: Severity
) -> None:
    environment = Environment.model_validate({"name": name, "gates": {"site": site}})
    root = Path(__file__).parents[3]
    seen = Inspection(Stack(environment, {}, {}, overlaid=overlaid), Tree({}), root, {}, root)

    assert seen.house is verdict


def test_a_site_says_itself_how_strict_our_house_rules_are_for_its_rules(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "rules" / "a.yml", Path("/elsewhere/rules/b.yml")
    for site, verdict in (("warning", Severity.WARNING), ("error", Severity.ERROR)):
        environment = Environment.model_validate({"name": "lab", "gates": {"site": site}})
        stack = Stack(environment, {}, {}, rules={"a": ours}, idle_rules={"b": theirs})
        seen = Inspection(stack, Tree({}), tmp_path, {}, tmp_path)

        assert (seen.gate("rules/a.yml"), seen.gate("rules/b.yml")) == (Severity.ERROR, verdict)
