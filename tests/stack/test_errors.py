"""Every way in which a run can end: one line, a code of its own, a way out where there is one."""

from __future__ import annotations

import inspect
import string
from typing import Any

import pytest

from stack import errors
from stack.errors import (
    BinaryMissing,
    CheckFailed,
    EnvironmentInvalid,
    HttpFailed,
    Locked,
    Refused,
    SmokeFailed,
    StackError,
)
from stack.report import Problem, Report

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, StackError) and kind is not StackError
]
REPORT = Report.of([Problem("ready", "sink", "no answer"), Problem("ready", "node", "no answer")])


def test_all_of_them_are_offered() -> None:
    assert {kind.__name__ for kind in KINDS} | {"StackError"} == set(errors.__all__)


def test_codes_tell_them_apart_and_leave_those_of_the_shell_alone() -> None:
    codes = {kind.__name__: kind.exit_code for kind in KINDS}

    assert {name for name, code in codes.items() if code == 1} == {"Refused"}
    assert 2 not in codes.values()  # a plan with changes
    assert all(1 <= code < 64 for code in codes.values())
    shared = {"EnvironmentInvalid", "DefinitionInvalid"}  # both are mistakes in files
    own = [code for name, code in codes.items() if name not in shared]
    assert len(own) == len(set(own))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_docstring_is_a_message_of_one_line_whose_gaps_have_names(kind: type[StackError]) -> None:
    message = inspect.cleandoc(kind.__doc__ or "")
    gaps = [name for _, name, _, _ in string.Formatter().parse(message) if name is not None]

    assert "\n" not in message
    assert gaps
    assert all(name.isidentifier() for name in gaps)
    assert not message.endswith(".")


def test_the_message_has_what_where_and_the_fields_stay_readable() -> None:
    error = Locked(name="prod", holder="deploy (pid 7)")

    assert str(error) == "another run is changing environment prod: deploy (pid 7)"
    assert error.fields == {"name": "prod", "holder": "deploy (pid 7)"}
    assert error.advice == Locked.hint


def test_a_hint_is_that_of_the_class_or_of_the_case_or_none() -> None:
    assert BinaryMissing(program="p", version="1", reasons="r").advice == BinaryMissing.hint
    assert BinaryMissing(program="p", version="1", reasons="r", hint="do this").advice == "do this"
    assert BinaryMissing(program="p", version="1", reasons="r", hint="").advice == ""
    assert Refused(message="no").advice == ""


def test_a_field_with_braces_is_no_template() -> None:
    assert str(Refused(message="{name} {0} {")) == "{name} {0} {"


def test_those_with_a_report_say_how_much_it_holds_and_keep_it() -> None:
    assert str(EnvironmentInvalid(name="prod", report=REPORT)) == "environment prod has 2 mistake(s)"
    assert str(CheckFailed(report=REPORT)) == "2 problem(s) found"
    assert (
        str(SmokeFailed(release="abc", report=REPORT))
        == "release abc is up but not proved: 2 problem(s) found"
    )
    assert SmokeFailed(release="abc", report=REPORT).fields["release"] == "abc"
    assert all(
        error.report is REPORT
        for error in (CheckFailed(report=REPORT), EnvironmentInvalid(name="a", report=REPORT))
    )


@pytest.mark.parametrize(("given", "status"), [({"status": 503}, 503), ({}, None), ({"status": None}, None)])
def test_an_http_failure_has_the_status_of_the_answer_where_there_was_one(
    given: dict[str, Any], status: int | None
) -> None:
    assert HttpFailed(method="GET", url="u", message="m", **given).status == status
