"""What a check of the validate stage is, and what it may look at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pipelines.core.memory import Memory
from pipelines.core.rules import Group, Rule, RuleFile
from pipelines.core.source import Source
from stack.documents import Leaf, dotted, leaves, mapping, mappings
from stack.report import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping
    from pathlib import Path

    from promql_parser import Expr

    from stack.clients.http import Session
    from stack.contract.reading import Contracts
    from stack.documents import Steps
    from stack.report import Problem
    from stack.service import Stack
    from stack.tree import Tree

__all__ = ["ALERTMANAGER", "PROMETHEUS", "Check", "Group", "Inspection", "Rule"]

PROMETHEUS = "prometheus/prometheus.yml"
ALERTMANAGER = "alertmanager/alertmanager.yml"
RULES = "prometheus/rules/"

NESTING = re.compile(r"[-+*/%^<>=(\[]|\b(?:and|or|unless)\b")
LONGEST, DEEPEST = 8000, 300
"""Characters, and brackets and operators, up to which an expression is parsed here."""

T = TypeVar("T")


@dataclass(frozen=True)
class Inspection:
    """A rendered tree as the checks see it: as documents, and written out for the real tools.

    Every view is made once, on first use, and shared by the checks, which run in several threads.

    Args:
        stack: what the tree was made from.
        tree: the rendered files; `prometheus/prometheus.yml`, `prometheus/rules/<stem>.yml`,
            `alertmanager/alertmanager.yml`, `<service>/...`.
        folder: the tree on disk under `current/`, with a stand-in for every secret under `secrets/`, so that
            relative paths in it resolve.
        tools: the path of `promtool`, `amtool` and the servers, by name.
        root: the repository.
        memory: what passed before.
        door: HTTP to a live service, for the online checks.
    """

    stack: Stack
    tree: Tree
    folder: Path
    tools: Mapping[str, Path]
    root: Path
    memory: Memory = field(default_factory=Memory)
    door: Callable[[str], Session] | None = None
    _views: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    _lock: RLock = field(default_factory=RLock, init=False, repr=False, compare=False)

    def source(self, path: str) -> Source:
        """Give a rendered YAML file, an empty one where it is absent."""
        if path.startswith(RULES):
            return self.rule_file(path.removeprefix("prometheus/"))
        return self.once(("source", path), lambda: Source(path, self.tree.files.get(path, b"")))

    def rule_file(self, name: str) -> RuleFile:
        """Give a rendered rule file by its name below Prometheus' folder, `rules/node.yml`."""
        made = partial(RuleFile, name, self.tree.files.get(f"prometheus/{name}", b""))
        return self.once(("rule file", name), made)

    def document(self, path: str) -> Any:  # YAML holds anything
        """Give a rendered YAML file as a document, an empty mapping where it is absent or no YAML."""
        return self.once(("document", path), lambda: self.source(path).document)

    def leaves(self, path: str) -> tuple[Leaf, ...]:
        """Give every leaf of a rendered YAML file."""
        return self.once(("leaves", path), lambda: tuple(leaves(self.document(path))))

    @property
    def configurations(self) -> tuple[str, ...]:
        """The rendered YAML files that are no rules."""
        names = (path for path in sorted(self.tree.files) if path.endswith((".yml", ".yaml")))
        return tuple(path for path in names if not path.startswith(RULES))

    @property
    def prometheus(self) -> Mapping[str, Any]:
        """Prometheus' configuration."""
        return mapping(self.document(PROMETHEUS))

    @property
    def alertmanager(self) -> Mapping[str, Any]:
        """Alertmanager's configuration."""
        return mapping(self.document(ALERTMANAGER))

    @property
    def jobs(self) -> list[tuple[int, Mapping[str, Any]]]:
        """Prometheus' scrape jobs, with their positions."""
        return mappings(self.prometheus.get("scrape_configs"))

    @property
    def rule_files(self) -> tuple[str, ...]:
        """The rendered rule files, below Prometheus' folder: `rules/node.yml`."""
        paths = (path for path in sorted(self.tree.files) if path.startswith(RULES))
        return tuple(path.removeprefix("prometheus/") for path in paths)

    @property
    def idle_files(self) -> tuple[RuleFile, ...]:
        """The rule files of subjects that are not watched here: they are tested, and not loaded."""
        return self.once("idle", lambda: self._rendered(self.stack.idle_rules))

    @property
    def left_out_files(self) -> tuple[RuleFile, ...]:
        """The rule files that the environment leaves out: not even tested, yet others may rest on them."""
        return self.once("left out", lambda: self._rendered(self.stack.rules_left_out))

    def _rendered(self, sources: Mapping[str, Path]) -> tuple[RuleFile, ...]:
        files, environment = sorted(sources.items()), self.stack.environment
        return tuple(RuleFile.rendered(f"rules/{stem}.yml", path, environment) for stem, path in files)

    @property
    def groups(self) -> tuple[Group, ...]:
        """Every well-formed group of every rule file."""
        files = map(self.rule_file, self.rule_files)
        return self.once("groups", lambda: tuple(group for file in files for group in file.groups))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every well-formed rule of every rule file."""
        return self.once("rules", lambda: tuple(rule for group in self.groups for rule in group.rules))

    @property
    def alerts(self) -> tuple[Rule, ...]:
        """The alerting ones of the rules."""
        return self.once("alerts", lambda: tuple(rule for rule in self.rules if rule.kind == "alert"))

    @property
    def dashboards(self) -> Mapping[str, Mapping[str, Any]]:
        """The model of every dashboard that has one, by its name, `dashboards/node.py`."""
        shown = self.stack.dashboards.values()
        return self.once("dashboards", lambda: {one.name: one.model for one in shown if not one.fault})

    @property
    def contracts(self) -> Contracts:
        """What each service is known to expose, and what is wrong with the files that say so."""
        from stack.contract.reading import read_contracts  # brings YAML 1.2 along

        return self.once("contracts", lambda: read_contracts(self.stack.metrics))

    def is_shipped(self, file: str) -> bool:
        """Say whether a rule file or dashboard, `rules/node.yml`, is of this repository, not of a site."""
        folder, stem = PurePath(file).parts[0], PurePath(file).stem
        shown = self.stack.dashboards.get(stem) if folder == "dashboards" else None
        source = shown.path if shown else self.stack.rules.get(stem) or self.stack.idle_rules.get(stem)
        return source is not None and source.is_relative_to(self.root / folder)

    def gate(self, file: str) -> Severity:
        """Say how bad it is to break our own house rules in a rule file or a dashboard.

        For what is shipped here it is an error; a site says for itself, `gates.site`.
        """
        strict = self.is_shipped(file) or self.stack.environment.gates.site == "error"
        return Severity.ERROR if strict else Severity.WARNING

    @property
    def house(self) -> Severity:
        """How bad it is to break our own house rules in the environment itself, its routes for one.

        For what is shipped here it is an error; a site says for itself, `gates.site`.
        """
        environment = self.stack.environment
        file = self.root / "stack" / "environments" / f"{environment.name}.yaml"
        strict = environment.gates.site == "error" or (file.exists() and not self.stack.overlaid)
        return Severity.ERROR if strict else Severity.WARNING

    def syntax(self, expression: str) -> Expr | None:
        """Give the syntax tree of a PromQL expression; None where it is none: promtool is the judge."""
        return self._parsed(expression)[0]

    def refusal(self, expression: str) -> str:
        """Say why an expression has no syntax tree; empty where it has one."""
        return self._parsed(expression)[1]

    def _parsed(self, expression: str) -> tuple[Expr | None, str]:
        return self.once(("syntax", expression), lambda: _parse(expression))

    def where(self, rule: Rule) -> str:
        """Give a rule's place, `rules/node.yml:7: group/name`; for messages only, since it reads marks."""
        return self.rule_file(rule.file).of(rule)

    def place(self, path: str, *steps: str | int) -> str:
        """Give a value's place in a rendered file, `alertmanager/alertmanager.yml:12: route.routes.0`."""
        return f"{path}:{self.line(path, steps)}: {dotted(steps)}"

    def line(self, path: str, steps: Steps) -> int:
        """Give the line of a value in a rendered file; a rule file keeps the lines of its source."""
        return self.source(path).line(steps)

    def once(self, view: Hashable, make: Callable[[], T]) -> T:
        """Make a view on first use, and give the same one to whoever asks for it by this name."""
        with self._lock:
            if view not in self._views:
                self._views[view] = make()
            return cast("T", self._views[view])


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the validate stage asks; its module's name is its name and that of its doc page.

    Args:
        proves: what is certain once it passes, in one line.
        run: gives the problems it finds, each under the check's own name.
        online: whether it asks the live servers, and so only runs with `--online`.
        lasting: whether it looks at nothing but `pipelines.core.inputs`, so that what it passed stays passed.
    """

    proves: str
    run: Callable[[Inspection], Iterable[Problem]]
    online: bool = False
    lasting: bool = False


def _parse(expression: str) -> tuple[Expr | None, str]:
    from promql_parser import parse  # only where an expression is in doubt

    # Native code that follows a nesting of thousands would end the process, no exception would be seen.
    if len(expression) > LONGEST or len(NESTING.findall(expression)) > DEEPEST:
        return None, "it is too long, or nested too deeply"
    try:
        return parse(expression), ""
    except (ValueError, RecursionError) as error:
        return None, str(error)
