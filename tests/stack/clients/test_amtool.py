"""What amtool says of a configuration, read from what it writes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stack.clients.amtool import Verdict, verdicts
from stack.clients.command import Completed

WARNING = (
    'time=2001-02-03T04:05:06Z level=WARN source=parse.go:176 msg="This input is incompatible." '
    r'input="bar=\"a\\q\"" origin=config err="invalid input" suggestion="bar=\"a\\\\q\""'
)
SAID = 'the matcher bar="a\\q" is read differently by the coming parser; write bar="a\\\\q"'


def ended(stdout: str, stderr: str = "", *, code: int) -> Completed:
    """Give an amtool that has ended."""
    return Completed(("amtool",), code, stdout, stderr)


def test_failures_have_their_line_and_come_with_the_warnings() -> None:
    out = f"Checking 'am.yml'{WARNING}\n  FAILED: yaml: unmarshal errors:\n  line 4: field nam not found\n\n"
    found = verdicts(ended(out, "amtool: error: failed to validate 1 file(s)\n", code=1))
    assert found == (Verdict("field nam not found", 4), Verdict(SAID, fatal=False))


def test_every_file_that_fails_is_told() -> None:
    out = (
        "Checking 'am.yml'  SUCCESS\nFound:\n - 2 templates\n  FAILED: template: t.tmpl:2: unclosed action\n"
    )
    assert verdicts(ended(out, code=1)) == (Verdict("template: t.tmpl:2: unclosed action"),)
    assert verdicts(ended("Checking 'am.yml'  FAILED: no route provided\n", code=1)) == (
        Verdict("no route provided"),
    )


def test_older_versions_warn_on_the_other_stream() -> None:
    assert verdicts(ended("SUCCESS", WARNING, code=0)) == (Verdict(SAID, fatal=False),)


@given(stdout=st.text(), stderr=st.text())
def test_a_failure_is_never_without_a_fatal_verdict(stdout: str, stderr: str) -> None:
    assert any(verdict.fatal for verdict in verdicts(ended(stdout, stderr, code=1)))
