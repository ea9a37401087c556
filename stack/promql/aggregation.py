"""Whether an expression plainly keeps labels: a look at its text, which spares most of them the parser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["plainly_keeps"]

AGGREGATION = re.compile(
    r"\b(?:sum|avg|min|max|count|group|stddev|stdvar|quantile|count_values|topk|bottomk|limitk|limit_ratio)"
    r"\s*(?:\(|\bby\b|\bwithout\b)"
)
CLAUSE = re.compile(r"\bby\s*\(([^()]*)\)")
MATCHING = re.compile(r"\b(?:on|ignoring)\s*\(")


def plainly_keeps(expression: str, labels: Iterable[str]) -> bool:
    """Say whether every aggregation names the labels in its `by` clause and no vector matching drops them.

    A no means only that the syntax tree has to be asked.
    """
    wanted = set(labels)
    clauses = [{name.strip() for name in names.split(",")} for names in CLAUSE.findall(expression)]
    keeping = sum(wanted <= clause for clause in clauses)
    return keeping >= len(AGGREGATION.findall(expression)) and not MATCHING.search(expression)
