"""The lines of the checklist are asked one by one, and an error of one of them is its verdict."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.core import checklist
from pipelines.core.checklist import Line, Look, State, answered, green
from pipelines.core.journal import Journal
from stack.errors import CheckFailed, EditsAtRisk, HttpFailed, NothingKept, Refused
from stack.load import load
from stack.report import Problem, Report
from tests.pipelines.core.doubles import effects

NOW = 1_795_601_482.0
WRONG = Report.of([Problem("one", "a.yml", "is wrong")])


@pytest.fixture
def look(tmp_path: Path) -> Look:
    return Look(effects(tmp_path), load("local"), NOW)


def raising(error: Exception) -> Line:
    def run(_: Look) -> Any:
        raise error

    return Line("It holds.", run)


def asked(lines: dict[str, Line], look: Look, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    monkeypatch.setattr(checklist, "definitions", lambda *_: lines)
    return list(answered(look))


def test_the_mandatory_lines_come_first(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    def line(*, mandatory: bool) -> Line:
        return Line("It holds.", lambda _: green("it does"), mandatory)

    lines = {
        "a": line(mandatory=False),
        "b": line(mandatory=True),
        "c": line(mandatory=False),
        "d": line(mandatory=True),
    }
    found = asked(lines, look, monkeypatch)

    assert [one.name for one in found] == ["b", "d", "a", "c"]
    assert [one.kind for one in found] == ["mandatory", "mandatory", "advisory", "advisory"]


@pytest.mark.parametrize(
    ("error", "state", "said"),
    [
        (CheckFailed(report=WRONG), State.RED, f"a.yml: is wrong -> {CheckFailed.hint}"),
        (EditsAtRisk(report=WRONG), State.RED, f"{EditsAtRisk(report=WRONG)} -> {EditsAtRisk.hint}"),
        (HttpFailed(method="GET", url="http://x", message="no"), State.UNKNOWN, "GET http://x: no -> "),
        (NothingKept(message="nothing", hint="deploy"), State.UNKNOWN, "nothing -> deploy"),
        (KeyError("covered"), State.UNKNOWN, "the line itself failed: KeyError: 'covered' -> "),
    ],
)
def test_an_error_is_a_verdict_and_the_next_line_is_asked(
    error: Exception, state: State, said: str, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = asked({"a": raising(error), "b": Line("", lambda _: green("well"))}, look, monkeypatch)

    assert (first.verdict.state, f"{first.verdict.evidence} -> {first.verdict.todo}") == (state, said)
    assert (first.holds_back, second.holds_back) == (True, False)


def test_a_record_is_found_by_what_it_says(look: Look, tmp_path: Path) -> None:
    for began, facts in (
        (1_000, {"release": "a", "checks": 1}),
        (2_000, {"release": "b"}),
        (3_000, {"release": "a"}),
    ):
        journal = Journal(tmp_path / "runs", "check", "local", began=began)
        journal.note(**facts)
        journal.close(0)

    assert [
        found["began"] if found else None
        for found in (
            look.newest("check"),
            look.newest("check", release="b"),
            look.newest("check", about="checks", release="a"),
            look.newest("check", about="checks", release="b"),
        )
    ] == [3_000, 2_000, 1_000, None]
    assert look.told({"task": "check", "began": NOW - 3_700}).endswith("Z, 1h01m ago")


@pytest.mark.parametrize(("value", "number"), [(26, 26.0), ("8.5", 8.5)])
def test_a_number_of_the_environment_is_read(value: object, number: float, tmp_path: Path) -> None:
    loaded = load("local", overrides=(f"values.backup_max_age_hours={value}",))

    assert Look(effects(tmp_path), loaded, NOW).value("backup_max_age_hours") == number


def test_what_is_no_number_is_refused_with_a_way_out(look: Look) -> None:
    with pytest.raises(Refused, match=r"values\.runbooks is no number"):
        look.value("runbooks")
    with pytest.raises(Refused, match=r"values\.nope is no number"):
        look.value("nope")


def test_what_to_do_can_be_typed(look: Look) -> None:
    assert look.command("deploy.plan") == "invoke deploy.plan --env local"

    options = replace(look.effects.options, environment="prod", sites=(Path("/my site"),))
    other = replace(look, effects=replace(look.effects, options=options))
    assert other.command("backup") == "invoke backup --env prod --site '/my site'"


def test_before_the_first_deploy_there_is_no_release(look: Look) -> None:
    with pytest.raises(NothingKept, match="nothing is deployed in environment local") as caught:
        assert look.release
    assert caught.value.advice == "invoke deploy --env local"
