"""Matchers are written the way that stays: Alertmanager takes the old way without a word, for now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import ALERTMANAGER, Check
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

OLD = {
    "match": "matchers",
    "match_re": "matchers",
    "source_match": "source_matchers",
    "source_match_re": "source_matchers",
    "target_match": "target_matchers",
    "target_match_re": "target_matchers",
}


def _run(inspection: Inspection) -> Iterator[Problem]:
    for path in _places(inspection):
        new = OLD[str(path[-1])]
        yield Problem(
            "deprecated_matchers",
            inspection.place(ALERTMANAGER, *path),
            f"`{path[-1]}` is deprecated; write `{new}: ['label=\"value\"']`",
        )


def _places(inspection: Inspection) -> list[tuple[str | int, ...]]:
    """Give each old key once, however many labels it holds."""
    found: dict[tuple[str | int, ...], None] = {}
    for leaf in inspection.leaves(ALERTMANAGER):
        if len(leaf.path) > 2 and leaf.path[0] in {"route", "inhibit_rules"} and leaf.path[-2] in OLD:
            found[leaf.path[:-1]] = None
    return list(found)


CHECK = Check(proves="every matcher is written the way that stays", run=_run)
