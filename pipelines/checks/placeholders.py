"""Nothing waits to be filled in: neither server expands variables, so a left-over one is taken literally."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.core.check import ALERTMANAGER, PROMETHEUS, Check
from stack.documents import dotted
from stack.references import RELEASE
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.core.check import Inspection, Rule
    from stack.documents import Leaf

__all__ = ["CHECK"]

VARIABLE = re.compile(r"\$\{[^}\s]*\}?|\$\([A-Za-z_]\w*\)")
TEMPLATE = re.compile(r"\{\{.*?\}\}|\{\{", re.DOTALL)
GROUPS = {"replacement", "target_label", "regex"}
"""Keys of relabelling, where `${1}` is a group of the expression."""
UNTEMPLATED = {"route", "inhibit_rules", "time_intervals", "mute_time_intervals", "templates"}
HINT = "environment values are written ${{ env.x }} in the source, secrets as files"


def _run(inspection: Inspection) -> Iterator[Problem]:
    for where, text in _left_over(inspection):
        yield Problem("placeholders", where, f"'{text}' was not filled in", hint=HINT)


def _left_over(inspection: Inspection) -> Iterator[tuple[str, str]]:
    for path, data in inspection.tree.files.items():
        if RELEASE.encode() in data:
            yield path, RELEASE
    yield from _found(PROMETHEUS, _of_prometheus(inspection.leaves(PROMETHEUS)))
    yield from _found(ALERTMANAGER, _of_alertmanager(inspection.leaves(ALERTMANAGER)))
    yield from _in_rules(inspection)


def _found(file: str, hits: Iterable[tuple[Leaf, re.Match[str] | None]]) -> Iterator[tuple[str, str]]:
    for leaf, hit in hits:
        if hit:
            yield f"{file}: {dotted(leaf.path)}", hit[0]


def _of_prometheus(every: Iterable[Leaf]) -> Iterator[tuple[Leaf, re.Match[str] | None]]:
    for leaf in every:
        if isinstance(leaf.value, str):
            # Prometheus itself expands variables in external labels, and there alone.
            plain = leaf.key not in GROUPS and "external_labels" not in leaf.path
            yield leaf, (VARIABLE.search(leaf.value) if plain else None) or TEMPLATE.search(leaf.value)


def _of_alertmanager(every: Iterable[Leaf]) -> Iterator[tuple[Leaf, re.Match[str] | None]]:
    for leaf in every:
        if isinstance(leaf.value, str):
            template = TEMPLATE.search(leaf.value) if leaf.path and leaf.path[0] in UNTEMPLATED else None
            yield leaf, VARIABLE.search(leaf.value) or template


def _in_rules(inspection: Inspection) -> Iterator[tuple[str, str]]:
    # Most rule files have none, and a look at the bytes is cheap.
    files = {file for file in inspection.rule_files if _suspect(inspection.tree.files[f"prometheus/{file}"])}
    for rule in inspection.rules if files else ():
        for key, text in _texts(rule) if rule.file in files else ():
            if hit := VARIABLE.search(text):
                yield f"{inspection.where(rule)}: {key}", hit[0]


def _texts(rule: Rule) -> Iterator[tuple[str, str]]:
    # In `label_replace` it is a group of the expression.
    if "label_replace" not in rule.expression:
        yield "expr", rule.expression
    yield from ((f"labels.{name}", str(value)) for name, value in rule.labels.items())
    yield from ((f"annotations.{name}", str(value)) for name, value in rule.annotations.items())


def _suspect(data: bytes) -> bool:
    return b"${" in data or b"$(" in data


CHECK = Check(proves="no placeholder is left over in what the servers read", run=_run)
