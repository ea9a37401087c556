"""A plan says what would happen and why, changes nothing, and only the one that was printed is applied."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.core.values import Plan, RenderedTree, ValidatedTree
from pipelines.stages.plan import changes_something, document, plan
from stack.errors import ActivationFailed, PlanStale, Refused
from stack.report import Problem, Report, Severity
from stack.runtimes.protocol import Action, Change
from stack.tree import Tree
from tests.pipelines.core.doubles import Noting, effects, release

if TYPE_CHECKING:
    from pathlib import Path

    from stack.runtimes.protocol import Release


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> list[Problem]:
    """Be a machine that has enough of everything, until a test says otherwise."""
    problems: list[Problem] = []
    monkeypatch.setattr("stack.preflight.inspect_machine", lambda *_: Report.of(problems))
    return problems


def validated(made: Release) -> ValidatedTree:
    return ValidatedTree(RenderedTree(made.id, made.stack, made.tree), ())


def planned(made: Release, folder: Path, runtime: Noting | None = None, **options: Any) -> Plan:
    return plan.run(validated(made), effects(folder, runtime, **options))


def test_before_the_first_deploy_everything_is_created(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = release()
    found = planned(made, tmp_path)

    assert found.base is None
    assert {change.action for change in found.changes} == {Action.CREATE}
    assert changes_something(found)
    out = capsys.readouterr().out
    assert "+ alertmanager     create: it does not run" in out
    assert "+++" not in out, "a diff against nothing tells nothing"


def test_what_is_live_already_leaves_nothing_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = release()
    found = planned(made, tmp_path, Noting(tmp_path / "local").deployed(made))

    assert not changes_something(found)
    assert found.diff == ()
    assert capsys.readouterr().out.strip() == ""


def test_a_change_is_told_with_its_reason_and_its_lines_and_nothing_is_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = release(), release(external_labels={"region": "eu"})
    runtime = Noting(tmp_path / "local").deployed(old)
    before = runtime.live()
    found = planned(new, tmp_path, runtime)

    assert (found.base, found.release) == (old.id, new)
    assert {c.service: c.action for c in found.changes if c.action is not Action.NOTHING} == {
        "prometheus": Action.RELOAD
    }
    out = capsys.readouterr().out
    assert "~ prometheus       reload: prometheus/prometheus.yml changed" in out
    assert "    +    region: eu" in out
    assert runtime.live() == before
    assert runtime.activated == []


def test_an_activation_that_was_cut_off_is_healed(tmp_path: Path) -> None:
    made = release()
    runtime = Noting(tmp_path / "local", accepts=lambda *_: False).deployed(made)
    with pytest.raises(ActivationFailed):
        runtime.activate(made, (Change("prometheus", Action.RELOAD, ""),))

    found = planned(made, tmp_path, runtime)
    assert found.healing
    assert Change("prometheus", Action.RELOAD, "the last deploy was cut off") in found.changes


def test_a_release_that_takes_nothing_of_any_service_is_a_change_all_the_same(tmp_path: Path) -> None:
    made = release()
    runtime = Noting(tmp_path / "local").deployed(made)
    other = replace(made, id="other", tree=Tree({**made.tree.files, "environment.json": b"{}"}))

    found = planned(other, tmp_path, runtime)
    assert {change.action for change in found.changes} == {Action.NOTHING}
    assert changes_something(found)
    assert found.diff


def test_a_machine_that_is_too_small_is_told_and_stops_nothing(
    tmp_path: Path, machine: list[Problem], capsys: pytest.CaptureFixture[str]
) -> None:
    machine.append(Problem("preflight", "disk", "too little", Severity.WARNING))

    assert changes_something(planned(release(), tmp_path))
    assert capsys.readouterr().out.startswith("  ! disk: too little\n")


def test_a_rotated_secret_is_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "made up")
    reading = {"receivers": [{"name": "a", "slack_configs": [{"api_url_file": "${{ secrets.hook }}"}]}]}
    made = release(alertmanager=reading, notifications="real", secrets={"hook": "env:HOOK"})
    runtime = Noting(tmp_path / "local").deployed(made)
    monkeypatch.setenv("HOOK", "made up anew")

    reasons = [change.reason for change in planned(made, tmp_path, runtime).changes if change.reason]
    assert reasons == ["secret hook was rotated"]


def test_a_plan_that_was_written_is_let_pass_as_long_as_nothing_else_would_be_done(tmp_path: Path) -> None:
    old, new = release(), release(retention="16d")
    runtime = Noting(tmp_path / "local").deployed(old)
    path = tmp_path / "plan.json"
    found = planned(new, tmp_path, runtime, out=str(path))

    assert json.loads(path.read_bytes()) == document(found)
    assert planned(new, tmp_path, runtime, plan=str(path)) == found
    with pytest.raises(Refused, match=f"leads to release {new.id}, but the files now give") as caught:
        planned(release(retention="17d"), tmp_path, runtime, plan=str(path))
    assert caught.value.advice == "make a new plan"
    runtime.deployed(new)
    with pytest.raises(PlanStale, match=f"made against release {old.id}, but {new.id} is live now"):
        planned(new, tmp_path, runtime, plan=str(path))


@pytest.mark.parametrize("text", [None, "", "{", "[]", "null", "{}", '{"base": null}'])
def test_a_file_that_is_no_plan_is_refused(tmp_path: Path, text: Any) -> None:
    path = tmp_path / "plan.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(Refused, match=r"plan\.json is no plan of ours: "):
        planned(release(), tmp_path, plan=str(path))
