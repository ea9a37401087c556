"""What is wrong with a test file before it even runs: promtool passes on tests that prove nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.rule_tests.gathering import leads_to
from stack.documents import strings
from stack.marks import parse
from stack.suggestion import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pipelines.rule_tests.ruleset import RuleTest, Suite

__all__ = ["faults", "unreadable"]


def unreadable(suite: Suite) -> Iterator[tuple[str, str]]:
    """Yield the place and the reason why a test file cannot be read at all; promtool would tell it, too."""
    source = suite.source
    if source.fault:
        yield source.name, source.fault
    elif source.node is None and source.text.strip():
        found = parse(source.text.decode(errors="replace"), source.name).problems
        where, said = (found[0].where, found[0].summary) if found else (source.name, "is no YAML")
        yield where, f"the test file {said}"


def faults(suite: Suite) -> Iterator[tuple[str, str]]:
    """Yield places and reasons why a pass of a test file would prove nothing."""
    source = suite.source
    patterns = strings(suite.value("rule_files"))
    for at, pattern in patterns:
        if not any(leads_to(pattern, file.name) for file in suite.files):
            yield source.where("rule_files", at), f"there is no rule file '{pattern}'"
    if not patterns:
        yield source.name, "it names no rule file"
    if not suite.tests:
        yield source.name, "it holds no tests"
    alerts = {rule.name for rule in suite.rules if rule.kind == "alert"}
    yield from (fault for test in suite.tests for fault in _of_test(test, alerts))


def _of_test(test: RuleTest, alerts: Collection[str]) -> Iterator[tuple[str, str]]:
    if not test.expectations:
        yield test.where, "the test expects nothing"
    for expectation in test.expectations:
        alert = expectation.alert
        if alert and alert not in alerts:
            guess = nearest(alert, alerts)
            said = f"it expects something of alert '{alert}', which its rule files do not have"
            yield test.suite.source.where(*expectation.steps), f"{said}; {guess}" if guess else said
