"""The rules and the test files of an environment as they are written: texts, documents, places in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml

from pipelines.core.rules import Group, Rule, groups_of, line_at
from stack.documents import Steps, dotted, mapping, mappings, strings
from stack.emit import from_yaml
from stack.errors import DefinitionInvalid
from stack.references import render_rules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from pipelines.core.check import Inspection
    from stack.environment import Environment

__all__ = ["Expectation", "RuleFile", "RuleTest", "Ruleset", "Suite", "leads_to", "ruleset_of"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
UNREADABLE = (yaml.YAMLError, ValueError, RecursionError)
ALERTS, EXPRESSIONS = "alert_rule_test", "promql_expr_test"


@dataclass(frozen=True, eq=False)
class Source:
    """A rendered YAML file.

    Args:
        name: `rules/node.yml`, or `rules/tests/node_test.yml`.
        text: its bytes.
        fault: why it cannot be read; empty where it can.
    """

    name: str
    text: bytes = field(repr=False)
    fault: str = ""

    @cached_property
    def document(self) -> Any:  # YAML holds anything
        """What it holds; an empty mapping where it cannot be read."""
        try:
            return from_yaml(self.text) or {}
        except UNREADABLE:
            return {}

    @cached_property
    def node(self) -> yaml.Node | None:
        """What it holds with marks and scalars as they are written, None where it is empty or no YAML."""
        try:
            return yaml.compose(self.text, Loader=_Loader)
        except UNREADABLE:
            return None

    def where(self, *steps: str | int, name: str = "") -> str:
        """Say where a value stands: `rules/tests/node_test.yml:7: tests.0`."""
        said = name or dotted(steps)
        return f"{self.name}:{line_at(self.node, steps)}" + (f": {said}" if said else "")


@dataclass(frozen=True, eq=False)
class RuleFile(Source):
    """A rule file; an idle one is tested, and not loaded."""

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Its well-formed groups."""
        return groups_of(self.name, self.document)

    @property
    def rules(self) -> Iterator[Rule]:
        """Its well-formed rules."""
        return (rule for group in self.groups for rule in group.rules)

    def of(self, rule: Rule) -> str:
        """Say where a rule stands: `rules/node.yml:7: node/NodeCpuHigh`."""
        return self.where(*rule.steps, name=f"{rule.group}/{rule.name}")


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
        """Give just some of the rule files (`rules/node.yml`), and the test files that are about them."""
        files = {name: file for name, file in self.files.items() if name in names}
        return Ruleset(files, tuple(suite for suite in self.suites if suite.is_about(names)))


def ruleset_of(inspection: Inspection) -> Ruleset:
    """Gather the rules that an environment loads, those that it could, and their tests.

    Raises:
        OSError: a file cannot be read.
    """
    stack = inspection.stack
    files = {
        name: RuleFile(name, inspection.tree.files[f"prometheus/{name}"]) for name in inspection.rule_files
    }
    for stem, path in stack.idle_rules.items():
        files.setdefault(
            f"rules/{stem}.yml", RuleFile(f"rules/{stem}.yml", *_rendered(path, stack.environment))
        )
    sources = (
        Source(f"rules/tests/{path.name}", *_rendered(path, stack.environment))
        for path in stack.rule_tests.values()
    )
    left_out = {f"../{stem}.yml" for stem in stack.environment.disable.rules}
    suites = (_suite(source, files) for source in sources if not _is_left_out(source, left_out))
    return Ruleset(files, tuple(suites))


def _rendered(path: Path, environment: Environment) -> tuple[bytes, str]:
    try:
        return render_rules(path, environment), ""
    except DefinitionInvalid as error:
        return b"", str(error.fields["message"])
    except ValueError:  # bytes that are no text
        return path.read_bytes(), ""


def _is_left_out(source: Source, left_out: set[str]) -> bool:
    named = strings(mapping(source.document).get("rule_files"))
    return any(pattern in left_out for _, pattern in named)


def _suite(source: Source, files: Mapping[str, RuleFile]) -> Suite:
    patterns = [pattern for _, pattern in strings(mapping(source.document).get("rule_files"))]
    named = (file for name, file in files.items() if any(leads_to(pattern, name) for pattern in patterns))
    return Suite(source, tuple(named))


def leads_to(pattern: str, name: str) -> bool:
    """Say whether an entry of `rule_files`, seen from `rules/tests/`, names a rule file."""
    parts: list[str] = ["rules", "tests"]
    for part in PurePosixPath(pattern).parts:
        if part == "..":
            del parts[-1:]
        elif part != ".":
            parts.append(part)
    wanted = name.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, wanted, parts))
