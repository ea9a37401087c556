"""What a run has asked is counted by kind, from what its stages have noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.core.journal import Journal
from pipelines.core.tested import counts_of

if TYPE_CHECKING:
    from pathlib import Path

GOOD = ["rules", True, "all are loaded", 0.1]
BAD = ["ready", False, "no answer", 0.1]
ERROR = {"check": "one", "severity": "error"}
WARNING = {"check": "two", "severity": "warning"}


@pytest.mark.parametrize(
    ("facts", "counts"),
    [
        ({}, {}),
        ({"release": "abc", "findings": []}, {}),
        ({"checks": 3, "problems": [ERROR, ERROR, WARNING]}, {"check": {"passed": 2, "failed": 1}}),
        ({"findings": [GOOD, GOOD, BAD]}, {"probe": {"passed": 2, "failed": 1}}),
        ({"findings": [GOOD], "failed_findings": [BAD]}, {"probe": {"passed": 0, "failed": 1}}),
        ({"findings": [GOOD], "failed_findings": []}, {}),
        ({"rule_tests": {"passed": 7, "failed": 2}}, {"rule": {"passed": 7, "failed": 2}}),
        ({"rule_tests": {"passed": 0, "failed": 0}}, {}),
    ],
)
def test_what_a_run_has_asked_is_counted(
    facts: dict[str, object], counts: dict[str, dict[str, int]], tmp_path: Path
) -> None:
    journal = Journal(tmp_path, "deploy", "local")
    journal.note(**facts)

    assert counts_of(journal) == counts
