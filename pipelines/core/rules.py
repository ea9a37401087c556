"""The rules of a rendered rule file, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipelines.core.source import Source
from stack.documents import Steps, mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Group", "Rule", "RuleFile", "groups_of"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a rendered rule file.

    Args:
        file: the rule file, below Prometheus' folder: `rules/node.yml`.
        group: its group's name.
        steps: the way to it in the document.
        body: the rule as it is written.
    """

    file: str
    group: str
    steps: Steps
    body: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Either `alert` or `record`."""
        return "alert" if "alert" in self.body else "record"

    @property
    def name(self) -> str:
        """The alert's or the recorded series' name."""
        return str(self.body.get("alert") or self.body.get("record") or "")

    @property
    def expression(self) -> str:
        """Its PromQL, empty where there is none."""
        return str(self.body.get("expr") or "")

    @property
    def labels(self) -> Mapping[str, Any]:
        """The labels that it sets."""
        return mapping(self.body.get("labels"))

    @property
    def annotations(self) -> Mapping[str, Any]:
        """What it tells people."""
        return mapping(self.body.get("annotations"))


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a rendered rule file."""

    file: str
    name: str
    steps: Steps
    body: Mapping[str, Any]
    rules: tuple[Rule, ...] = field(repr=False)


def groups_of(file: str, document: object) -> tuple[Group, ...]:
    """Give the well-formed groups of a rule file, with their well-formed rules."""
    found = mappings(mapping(document).get("groups"))
    return tuple(_group(file, ("groups", index), body) for index, body in found)


def _group(file: str, steps: Steps, body: Mapping[str, Any]) -> Group:
    name = str(body.get("name"))
    rules = (Rule(file, name, (*steps, "rules", at), rule) for at, rule in mappings(body.get("rules")))
    return Group(file, name, steps, body, tuple(rules))


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

    @property
    def alerts(self) -> Iterator[Rule]:
        """The alerting ones of them."""
        return (rule for rule in self.rules if rule.kind == "alert")

    def of(self, rule: Rule) -> str:
        """Say where a rule stands: `rules/node.yml:7: node/NodeCpuHigh`."""
        return self.where(*rule.steps, name=f"{rule.group}/{rule.name}")
