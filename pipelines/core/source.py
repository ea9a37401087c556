"""A rendered YAML file: its text, what it holds, and where in it a value stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import yaml

from stack.documents import dotted
from stack.emit import from_yaml
from stack.errors import DefinitionInvalid
from stack.references import render_rules

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from stack.documents import Steps
    from stack.environment import Environment

__all__ = ["Source"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNREADABLE = (yaml.YAMLError, ValueError, RecursionError)


@dataclass(frozen=True, eq=False)
class Source:
    """A rendered YAML file; what is read of it is read once.

    Args:
        name: what people know it by: `alertmanager/alertmanager.yml`, `rules/node.yml`.
        text: its bytes.
        fault: why it cannot be rendered; empty where it can.
    """

    name: str
    text: bytes = field(repr=False)
    fault: str = ""

    @classmethod
    def rendered(cls, name: str, path: Path, environment: Environment) -> Self:
        """Render what a site or this repository has written; what cannot be rendered is empty, and says why.

        Raises:
            OSError: it cannot be read.
        """
        try:
            return cls(name, render_rules(path, environment))
        except DefinitionInvalid as error:
            return cls(name, b"", str(error.fields["message"]))
        except ValueError:  # bytes that are no text
            return cls(name, path.read_bytes())

    @cached_property
    def document(self) -> Any:  # YAML holds anything
        """What it holds; an empty mapping where that is nothing, or no YAML."""
        try:
            return from_yaml(self.text) or {}
        except _UNREADABLE:
            return {}

    @cached_property
    def node(self) -> yaml.Node | None:
        """What it holds with marks and scalars as they are written, None where it is empty or no YAML."""
        try:
            return yaml.compose(self.text, Loader=_Loader)
        except _UNREADABLE:
            return None

    def line(self, steps: Steps) -> int:
        """Give the line, from 1, of the value at the end of a way through it, as far as that leads."""
        node = self.node
        for step in steps:
            node = _child(node, step) or node
        return node.start_mark.line + 1 if node else 1

    def where(self, *steps: str | int, name: str = "") -> str:
        """Say where a value stands: `rules/tests/node_test.yml:7: tests.0`."""
        said = name or dotted(steps)
        return f"{self.name}:{self.line(steps)}" + (f": {said}" if said else "")


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: yaml.Node = node.value[step]
        return found
    return None
