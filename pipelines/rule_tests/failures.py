"""What promtool says of a test that fails, as problems at the expectations that do not hold."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from stack.duration import seconds
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.rule_tests.ruleset import Expectation, RuleTest

__all__ = ["failures", "loading"]

NAME = re.compile(r"^\s*name: .*?,\n(?=\s*(?:alertname|expr): )", re.DOTALL)
ALERT = re.compile(r"^\s*alertname: (?P<what>.*?), time: (?P<time>[^,\s]+), \n(?P<rest>.*)", re.DOTALL)
EXPRESSION = re.compile(
    r'^\s*expr: (?P<what>"(?:[^"\\]|\\.)*"), time: (?P<time>[^,\s]+),\s*(?P<rest>.*)', re.DOTALL
)
RULE_FILE = re.compile(r"^(?P<file>rules/\S+?\.ya?ml): (?:(?P<line>\d+):\d+: )?(?P<rest>.*)", re.DOTALL)
YAML = re.compile(r"^(?:yaml: (?:unmarshal errors:)?)?\s*line (?P<line>\d+): (?P<rest>.*)")
LONGEST = 240


def failures(test: RuleTest, said: Sequence[str], check: str) -> Iterator[Problem]:
    """Give a problem for each thing that promtool says of a test, at the expectation that it is about."""
    left = list(test.expectations)
    for text in said:
        body = NAME.sub("", text)
        match = ALERT.match(body) or EXPRESSION.match(body)
        found = match and _expectation(match["what"], match["time"], left or test.expectations)
        if not match or not found:
            yield Problem(check, test.where, f"{test.name}: {_short(body)}", details=text)
            continue
        if found in left:
            left.remove(found)
        where = test.suite.source.where(*found.steps)
        summary = f"{test.name}: {found.alert or found.expression} at {found.time}: {_told(match['rest'])}"
        yield Problem(check, where, summary, details=text)


def loading(name: str, said: Sequence[str], check: str) -> Iterator[Problem]:
    """Give a problem for each thing that keeps a test file, or a rule file that it names, from being read.

    Args:
        name: the test file.
        said: what promtool says, its lines those of the files as they are written.
        check: the check's name.
    """
    for text in said:
        if match := RULE_FILE.match(text):
            line = f":{match['line']}" if match["line"] else ""
            yield Problem(check, f"{match['file']}{line}", _short(match["rest"]), details=text)
            continue
        placed = [match for line in text.splitlines() if (match := YAML.match(line))]
        for match in placed:
            yield Problem(check, f"{name}:{match['line']}", match["rest"], details=text)
        if not placed:
            yield Problem(check, name, _short(text), details=text)


def _expectation(what: str, time: str, among: Sequence[Expectation]) -> Expectation | None:
    """Find the expectation of an alert, or of an expression in quotes, at a time."""
    for one in among:
        named = what == (one.alert or json.dumps(one.expression, ensure_ascii=False))
        if named and _seconds(one.time) == _seconds(time):
            return one
    return None


def _told(rest: str) -> str:
    """Say in short how what was expected and what was got differ."""
    expected, got, after = rest.partition("got:")
    if not got:
        return _short(rest)
    if "Labels:" not in rest:
        return _short(f"expected {expected.strip().removeprefix('exp:').strip()}, got {after.strip()}")
    wanted, there = expected.count("Labels:"), after.count("Labels:")
    if wanted != there:
        return f"{wanted or 'no'} alert(s) expected, {there or 'none'} firing"
    return "as many alerts as expected, with other labels or annotations"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def _seconds(text: str) -> float | None:
    try:
        return seconds(text)
    except ValueError:
        return None
