"""The rules of a rendered rule file, and the line that each stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from stack.documents import Steps, mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Group", "Rule", "groups_of", "line_at"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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


def line_at(root: yaml.Node | None, steps: Steps) -> int:
    """Give the line, from 1, of the value at the end of a way through a composed document."""
    node = root
    for step in steps:
        node = _child(node, step) or node
    return node.start_mark.line + 1 if node else 1


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: yaml.Node = node.value[step]
        return found
    return None
