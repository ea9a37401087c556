"""Blocks of text in YAML, `|` and `>`, as quoted text: what their breaks and indents mean is easily lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["quote_blocks"]


def quote_blocks(node: yaml.Node | None) -> None:
    """Let every block below a node be written in quotes from now on."""
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, yaml.ScalarNode) and one.style in {"|", ">"}:
            one.style = '"'
        waiting += _children(one)


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        yield from (part for pair in node.value for part in pair)
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value
