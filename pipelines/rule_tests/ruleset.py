"""The rules and the test files of an environment as they are written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from stack.documents import Steps, mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from pipelines.core.rules import Rule, RuleFile
    from pipelines.core.source import Source

__all__ = ["Expectation", "RuleTest", "Ruleset", "Suite"]

ALERTS, EXPRESSIONS = "alert_rule_test", "promql_expr_test"


@dataclass(frozen=True, eq=False)
class Expectation:
    """One thing that a test expects: of an alert, or of an expression."""

    steps: Steps
    body: Mapping[str, Any]

    @property
    def alert(self) -> str:
        """The alert that it is about, empty where it is about an expression."""
        return str(self.body.get("alertname") or "")

    @property
    def expression(self) -> str:
        """The expression that it asks, empty where it is about an alert."""
        return str(self.body.get("expr") or "")

    @property
    def time(self) -> str:
        """When it is asked, as it is written: `5m`."""
        return str(self.body.get("eval_time") or 0)


@dataclass(frozen=True, eq=False)
class RuleTest:
    """One entry of `tests:`."""

    suite: Suite
    index: int
    body: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What it calls itself, else its position."""
        return str(self.body.get("name") or f"test {self.index + 1}")

    @property
    def where(self) -> str:
        """Where it stands."""
        return self.suite.source.where("tests", self.index)

    @cached_property
    def expectations(self) -> tuple[Expectation, ...]:
        """Everything that it expects."""
        return tuple(
            Expectation(("tests", self.index, kind, at), body)
            for kind in (ALERTS, EXPRESSIONS)
            for at, body in mappings(self.body.get(kind))
        )

    @property
    def series(self) -> tuple[str, ...]:
        """The input series, as they are written."""
        return tuple(str(body.get("series") or "") for _, body in mappings(self.body.get("input_series")))


@dataclass(frozen=True, eq=False)
class Suite:
    """A test file, and the rule files that it names and that are there."""

    source: Source
    files: tuple[RuleFile, ...] = ()

    @cached_property
    def tests(self) -> tuple[RuleTest, ...]:
        """Its tests."""
        return tuple(RuleTest(self, at, body) for at, body in mappings(self.value("tests")))

    @property
    def rules(self) -> Iterator[Rule]:
        """Every rule of its files."""
        return (rule for file in self.files for rule in file.rules)

    def is_about(self, names: Collection[str]) -> bool:
        """Say whether it names one of these rule files, or is called after one."""
        subject = PurePosixPath(self.source.name).stem.removesuffix("_test")
        return f"rules/{subject}.yml" in names or any(file.name in names for file in self.files)

    def value(self, key: str) -> Any:  # YAML holds anything
        """Give what stands under a key of it."""
        return mapping(self.source.document).get(key)


@dataclass(frozen=True, eq=False)
class Ruleset:
    """All rule files of an environment, idle ones among them, and all test files that are about them."""

    files: Mapping[str, RuleFile]
    suites: tuple[Suite, ...]

    @property
    def rules(self) -> Iterator[Rule]:
        """Every rule."""
        return (rule for file in self.files.values() for rule in file.rules)

    def where(self, rule: Rule) -> str:
        """Say where a rule stands."""
        return self.files[rule.file].of(rule)

    def only(self, names: Collection[str]) -> Ruleset:
        """Give just some of the rule files (`rules/node.yml`), and the test files that are about them.

        All of them come with every test file, also with one that is about none: it is wrong, and says so.
        """
        files = {name: file for name, file in self.files.items() if name in names}
        if len(files) == len(self.files):
            return self
        return Ruleset(files, tuple(suite for suite in self.suites if suite.is_about(names)))
