"""How many tests of each kind a run has asked, read from its journal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.journal import Journal

__all__ = ["counts_in", "counts_of"]


def counts_of(journal: Journal) -> Mapping[str, Mapping[str, int]]:
    """Count what this run has asked, as `counts_in` does."""
    return counts_in(journal.facts)


def counts_in(facts: Mapping[str, Any]) -> Mapping[str, Mapping[str, int]]:
    """Count what a run has asked: `{kind: {"passed": n, "failed": n}}`, without the kinds that it has not.

    A `check` fails on an error, not on a warning. A `rule` is a rule test; where all of them are known
    from an earlier run, none was asked.
    """
    kinds = {"check": _checks(facts), "probe": _probes(facts), "rule": _rules(facts)}
    return {kind: counts for kind, counts in kinds.items() if any(counts.values())}


def _checks(facts: Mapping[str, Any]) -> Mapping[str, int]:
    wrong = {problem["check"] for problem in facts.get("problems", ()) if problem["severity"] == "error"}
    return {"passed": facts.get("checks", 0) - len(wrong), "failed": len(wrong)}


def _probes(facts: Mapping[str, Any]) -> Mapping[str, int]:
    # After a failed release the one before it was asked, too: the run is judged by the one that it was about.
    findings = facts.get("failed_findings", facts.get("findings", ()))
    return _counted(passed for _, passed, *_ in findings)


def _rules(facts: Mapping[str, Any]) -> Mapping[str, int]:
    counts: Mapping[str, int] = facts.get("rule_tests", {})
    return counts


def _counted(verdicts: Iterator[bool]) -> Mapping[str, int]:
    counts = Counter(verdicts)
    return {"passed": counts[True], "failed": counts[False]}
