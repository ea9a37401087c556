"""After a failed deploy the last proved release comes back, is asked, and all of that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.core.bring_back import recovery
from pipelines.core.stage import stage
from pipelines.core.values import SmokeReport
from stack.errors import ActivationFailed, HttpFailed, Refused, SmokeFailed, StackError
from stack.report import Problem, Report
from stack.runtimes.protocol import Action, Release, State
from tests.pipelines.core.doubles import Noting, effects, release

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.core.effects import Effects

GOOD, BAD = release(), release(retention="3d")


@stage
def passing(release: Release, effects: Effects) -> SmokeReport:
    """Prove it."""
    effects.runtime.prove(release.id)
    return SmokeReport(release, ())


@stage
def failing(release: Release, effects: Effects) -> SmokeReport:
    """Find it down."""
    raise SmokeFailed(release=release.id, report=Report.of([Problem("ready", "ready", "no answer")]))


def deployed(folder: Path) -> Noting:
    """Give a runtime on which a second deploy has failed."""
    return Noting(folder).deployed(GOOD).deployed(BAD, proved=False)


def failure(release: str = BAD.id) -> StackError:
    return ActivationFailed(release=release, message="prometheus refused its configuration")


def test_the_last_proved_release_is_live_and_proved_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime = deployed(tmp_path)
    doors = effects(tmp_path, runtime)
    doors.journal.note(findings=[["ready", False, "no answer", 0.1]])
    recovery(passing)(failure(), doors)

    assert runtime.live().release == GOOD.id
    assert runtime.live().state is State.PROVED
    facts = dict(doors.journal.facts)
    assert facts.pop("findings") == facts.pop("failed_findings")
    assert facts == {"failed_release": BAD.id, "brought_back": GOOD.id}
    said = capsys.readouterr().out
    assert said == f"  ✓ release {GOOD.id} is back and proved; {BAD.id} is kept for study\n"


def test_also_untouched_services_read_their_files_again(tmp_path: Path) -> None:
    runtime = deployed(tmp_path)
    recovery(passing)(failure(), effects(tmp_path, runtime))
    [(_, changes)] = runtime.activated

    by_service = {change.service: change for change in changes}
    assert by_service["alertmanager"].action is Action.RELOAD
    assert by_service["alertmanager"].reason == "after a failed deploy"
    assert by_service["node"].action is Action.NOTHING  # it has nothing to read


@pytest.mark.parametrize(
    "error",
    [
        Refused(message="before anything was changed"),
        ActivationFailed(release="another", message="not the live one"),
        HttpFailed(method="GET", url="u", message="m"),
    ],
)
def test_where_nothing_was_changed_nothing_is_brought_back(error: StackError, tmp_path: Path) -> None:
    runtime = deployed(tmp_path)
    recovery(passing)(error, effects(tmp_path, runtime))

    assert (runtime.activated, runtime.live().release) == ([], BAD.id)


def test_a_first_deploy_that_fails_is_left_for_study(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime = Noting(tmp_path).deployed(BAD, proved=False)
    doors = effects(tmp_path, runtime)
    recovery(passing)(failure(), doors)

    assert (runtime.activated, doors.journal.facts) == ([], {})
    assert "there is no proved release to go back to" in capsys.readouterr().out


def test_a_return_that_fails_is_told_and_hides_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime = deployed(tmp_path)
    recovery(failing)(failure(), effects(tmp_path, runtime))

    said = capsys.readouterr().out
    assert said.startswith(f"  ✗ release {GOOD.id} could not be brought back: ")
    assert "no answer" in said


def test_an_activation_that_fails_on_the_way_back_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime = deployed(tmp_path)
    runtime.failing = ActivationFailed(release=GOOD.id, message="the disk is full")
    recovery(passing)(failure(), effects(tmp_path, runtime))

    assert "could not be brought back" in capsys.readouterr().out
