"""Applying does what was planned, once, under the lock, and only against what it was planned against."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pipelines.core.values import Plan, RenderedTree, ValidatedTree
from pipelines.stages.apply import apply
from stack.errors import ActivationFailed, Locked, PlanStale
from stack.runtimes.protocol import Action, Change
from tests.pipelines.core.doubles import Noting, effects, release

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.core.effects import Effects

CHANGES = (
    Change("alertmanager", Action.RELOAD, "a file changed"),
    Change("grafana", Action.NOTHING, ""),
    Change("node", Action.RECREATE, "other flags"),
    Change("prometheus", Action.CREATE, "it does not run"),
    Change("web", Action.REMOVE, "the environment has no such service"),
)
MADE = release()


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Effects]:
    made = effects(tmp_path)
    with made.closing:
        yield made


def runtime_of(doors: Effects) -> Noting:
    assert isinstance(doors.runtime, Noting)
    return doors.runtime


def plan(*changes: Change, base: str | None = None) -> Plan:
    rendered = RenderedTree(MADE.id, MADE.stack, MADE.tree)
    return Plan(ValidatedTree(rendered, ()), base, changes, ())


def test_what_was_planned_is_done_and_told_and_noted(
    doors: Effects, capsys: pytest.CaptureFixture[str]
) -> None:
    assert apply.run(plan(*CHANGES), doors) == MADE

    assert runtime_of(doors).activated == [(MADE.id, CHANGES)]
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == [
        "✓ alertmanager     reloaded",
        "✓ node             started anew and ready",
        "✓ prometheus       started and ready",
        "✓ web              stopped",
    ]
    assert doors.journal.facts == {"changed": True}


def test_where_nothing_is_to_be_done_nothing_is_done(doors: Effects) -> None:
    runtime_of(doors).deployed(MADE)

    apply.run(plan(Change("node", Action.NOTHING, ""), base=MADE.id), doors)
    assert runtime_of(doors).activated == []
    assert doors.journal.facts == {"changed": False}


@pytest.mark.parametrize(("base", "live"), [("older", True), (None, True), ("older", False)])
def test_a_plan_against_another_release_is_refused(doors: Effects, base: str | None, live: bool) -> None:
    if live:
        runtime_of(doors).deployed(MADE)

    with pytest.raises(PlanStale) as caught:
        apply.run(plan(*CHANGES, base=base), doors)
    assert str(caught.value) == (
        f"the plan was made against release {base or 'nothing'}, "
        f"but {MADE.id if live else 'nothing'} is live now"
    )
    assert runtime_of(doors).activated == []


def test_two_runs_at_once_never_both_change_something(doors: Effects, tmp_path: Path) -> None:
    apply.run(plan(*CHANGES), doors)
    other = replace(effects(tmp_path, Noting(tmp_path / "local")), options=doors.options)

    with pytest.raises(Locked, match=r"environment local: test \(pid \d+\)"):
        apply.run(plan(*CHANGES), other)
    assert runtime_of(other).activated == []
    doors.closing.close()
    with other.closing:
        apply.run(plan(*CHANGES), other)


def test_an_activation_that_fails_is_not_told_as_done(
    doors: Effects, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime_of(doors).failing = ActivationFailed(release=MADE.id, message="no")

    with pytest.raises(ActivationFailed):
        apply.run(plan(*CHANGES), doors)
    assert capsys.readouterr().out == ""
    assert doors.journal.facts == {}
