"""Cuts test files and rule files down to what one test needs, scalars left as they are written."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pipelines.core.rules import RuleFile
    from pipelines.rule_tests.ruleset import Suite
    from stack.documents import Steps

__all__ = ["Change", "cut_rules", "cut_test"]

Change = dict[tuple[str, ...], str | None]
"""Other values for a rule's fields, by the way to each; None takes the field away."""

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
WIDTH = 1_000_000
TEXT = "tag:yaml.org,2002:str"


def cut_rules(
    file: RuleFile, keep: Collection[Steps], changes: Mapping[Steps, Change] | None = None
) -> bytes:
    """Give a rule file with just some of its rules; groups keep their names, order and settings.

    Args:
        file: the rule file.
        keep: the way to each rule that stays; a group of which none does is left out.
        changes: what is other in a rule, by the way to it.
    """
    root, changes = file.node, changes or {}

    def group(at: int, node: yaml.Node) -> yaml.Node | None:
        rules = [
            _changed(rule, changes[steps]) if (steps := ("groups", at, "rules", number)) in changes else rule
            for number, rule in enumerate(_items(_value(node, "rules")))
            if ("groups", at, "rules", number) in keep
        ]
        return _with(node, "rules", _list(rules)) if rules else None

    groups = (group(at, node) for at, node in enumerate(_items(_value(root, "groups"))))
    return _written(_with(root, "groups", _list([node for node in groups if node is not None])))


def cut_test(
    suite: Suite, indices: Collection[int], rule_files: Sequence[str], groups: Sequence[str] = ()
) -> bytes:
    """Give a test file with just some of its tests.

    Args:
        suite: the test file.
        indices: the positions of the tests that stay.
        rule_files: the rule files that it names instead of its own.
        groups: the groups in these files. promtool evaluates them in an order that is another one each time,
            where the test file does not say: here as they stand, and before those that it does name.
    """
    root = suite.source.node
    tests = [node for at, node in enumerate(_items(_value(root, "tests"))) if at in indices]
    cut = _with(_with(root, "tests", _list(tests)), "rule_files", _list([_text(name) for name in rule_files]))
    listed = _items(_value(root, "group_eval_order"))
    named = {node.value for node in listed}
    others = [_text(name) for name in dict.fromkeys(groups) if name not in named]
    ordered = len(groups) > 1 and bool(others)
    return _written(_with(cut, "group_eval_order", _list([*others, *listed])) if ordered else cut)


def _text(text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode(TEXT, text, style='"')


def _written(node: yaml.Node | None) -> bytes:
    text: str = yaml.serialize(node, Dumper=_Dumper, width=WIDTH, allow_unicode=True)
    return text.encode()


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _list(items: Sequence[yaml.Node]) -> yaml.SequenceNode:
    return yaml.SequenceNode("tag:yaml.org,2002:seq", list(items), flow_style=False)


def _with(node: yaml.Node | None, key: str, value: yaml.Node | None) -> yaml.MappingNode:
    """Give a mapping with another value under a key, or without the key; a value that is new stands last."""
    pairs = list(node.value) if isinstance(node, yaml.MappingNode) else []
    known = any(name.value == key for name, _ in pairs)
    pairs = [(name, value if name.value == key else old) for name, old in pairs]
    if not known:
        pairs.append((yaml.ScalarNode(TEXT, key), value))
    return yaml.MappingNode("tag:yaml.org,2002:map", [pair for pair in pairs if pair[1] is not None])


def _changed(rule: yaml.Node, change: Change) -> yaml.Node:
    """Give a copy of a rule with other values, what it merges in written out."""
    copy = deepcopy(rule)
    if isinstance(copy, yaml.MappingNode):
        yaml.SafeLoader("").flatten_mapping(copy)
    for steps, text in change.items():
        copy = _set(copy, steps, None if text is None else _text(text))
    return copy


def _set(node: yaml.Node | None, steps: tuple[str, ...], value: yaml.Node | None) -> yaml.MappingNode:
    first, *rest = steps
    return _with(node, first, _set(_value(node, first), tuple(rest), value) if rest else value)
