"""Relabelling refers only to groups that its expression has; what is missing is an empty text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pipelines.core.check import PROMETHEUS, Check
from stack.documents import dotted, mappings
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection
    from stack.documents import Steps

__all__ = ["CHECK"]

REFERENCE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")
EXPANDING = {"replace", "labelmap"}


def _run(inspection: Inspection) -> Iterator[Problem]:
    for path, rule in _rules(inspection.prometheus):
        for key in ("replacement", "target_label"):
            for name in _missing(rule, key):
                where = f"{PROMETHEUS}: {dotted(path)}.{key}"
                hint = "braces set a group off from the text behind it: ${1}_total"
                yield Problem(
                    "relabelling", where, f"refers to group '{name}', which the regex lacks", hint=hint
                )


def _rules(document: object, path: Steps = ()) -> Iterator[tuple[Steps, Mapping[str, Any]]]:
    if isinstance(document, dict):
        for key, value in document.items():
            if str(key).endswith("relabel_configs"):
                yield from (((*path, str(key), index), rule) for index, rule in mappings(value))
            else:
                yield from _rules(value, (*path, str(key)))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from _rules(value, (*path, index))


def _missing(rule: Mapping[str, Any], key: str) -> Iterator[str]:
    text, groups = rule.get(key), _groups(rule)
    if (
        isinstance(text, str)
        and groups is not None
        and str(rule.get("action", "replace")).lower() in EXPANDING
    ):
        for match in REFERENCE.finditer(text):
            name = match[1] or match[2]
            if name and name not in groups:
                yield name


def _groups(rule: Mapping[str, Any]) -> set[str] | None:
    """Name the groups of a rule's expression; None where it cannot be read here: promtool is the judge."""
    try:
        expression = re.compile(str(rule.get("regex", "(.*)")))
    except (re.error, OverflowError, RecursionError):
        return None
    return {*map(str, range(expression.groups + 1)), *expression.groupindex}


CHECK = Check(proves="relabelling refers only to groups that its expression has", run=_run)
