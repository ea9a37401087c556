"""The smoke test asks every probe until it passes or the deadline ends, and proves only what passed all."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.core.probe import Probe, Sight, Waiting
from pipelines.stages.smoke import smoke
from stack.errors import HttpFailed, NothingKept, Refused, SmokeFailed
from stack.runtimes.protocol import State
from tests.pipelines.core.doubles import Noting, effects, release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipelines.core.effects import Effects

MADE = release(smoke_deadline="100ms", services={"grafana": False})


@pytest.fixture
def probes(monkeypatch: pytest.MonkeyPatch) -> dict[str, Probe]:
    """Replace the probes that are found."""
    found: dict[str, Probe] = {}
    monkeypatch.setattr("pipelines.stages.smoke.definitions", lambda *_: found)
    monkeypatch.setattr("pipelines.stages.smoke.PAUSE", 0.001)
    return found


@pytest.fixture
def doors(tmp_path: Path) -> Effects:
    return effects(tmp_path, Noting(tmp_path / "local").deployed(MADE, proved=False))


def passing(said: str = "well", **more: Any) -> Probe:
    return Probe("whether it is well", lambda _: said, **more)


def failing(error: Callable[[int], Exception | None]) -> tuple[Probe, list[int]]:
    """Give a probe that fails as told at each ask, and the asks."""
    asks: list[int] = []
    numbers = count(1)

    def run(sight: Sight) -> str:
        asks.append(next(numbers))
        if problem := error(asks[-1]):
            raise problem
        return "well at last"

    return Probe("whether it is well", run), asks


def test_a_release_whose_probes_all_pass_is_proved(
    doors: Effects, probes: dict[str, Probe], capsys: pytest.CaptureFixture[str]
) -> None:
    probes |= {"one": passing("one is well"), "two": passing("two is well")}
    report = smoke.run(MADE, doors)

    assert [(f.probe, f.passed, f.said) for f in report.findings] == [
        ("one", True, "one is well"),
        ("two", True, "two is well"),
    ]
    assert doors.runtime.live().state is State.PROVED
    assert [finding[:3] for finding in doors.journal.facts["findings"]] == [
        ["one", True, "one is well"],
        ["two", True, "two is well"],
    ]
    assert doors.journal.facts["asked_release"] == MADE.id
    assert " ".join(capsys.readouterr().out.split()) == "✓ one one is well ✓ two two is well"


@pytest.mark.parametrize(
    "error", [Waiting("not yet"), HttpFailed(method="GET", url="http://x", message="cut")]
)
def test_what_is_not_there_yet_is_asked_for_again(
    doors: Effects, probes: dict[str, Probe], error: Exception
) -> None:
    probes["one"], asks = failing(lambda ask: error if ask < 3 else None)
    report = smoke.run(MADE, doors)

    assert report.findings[0].said == "well at last"
    assert asks == [1, 2, 3]


def test_what_never_passes_is_told_at_the_deadline_and_the_release_is_not_proved(
    doors: Effects, probes: dict[str, Probe], capsys: pytest.CaptureFixture[str]
) -> None:
    probes["one"], asks = failing(lambda _: Waiting("a target is down"))
    probes["two"] = passing()
    with pytest.raises(SmokeFailed) as caught:
        smoke.run(MADE, doors)

    assert str(caught.value) == f"release {MADE.id} is up but not proved: one: a target is down"
    assert caught.value.fields["release"] == MADE.id
    assert len(asks) > 1
    assert doors.runtime.live().state is State.ACTIVE
    assert "✗ one" in capsys.readouterr().out
    assert [passed for _, passed, *_ in doors.journal.facts["findings"]] == [False, True]


def test_several_that_do_not_pass_are_all_told(doors: Effects, probes: dict[str, Probe]) -> None:
    probes["one"], _ = failing(lambda _: Waiting("a"))
    probes["two"], _ = failing(lambda _: Waiting("b"))

    with pytest.raises(SmokeFailed, match=r"2 problem\(s\) found") as caught:
        smoke.run(MADE, doors)
    assert [problem.summary for problem in caught.value.report.problems] == ["a", "b"]


def test_an_error_that_asking_again_does_not_mend_is_told_at_once(
    doors: Effects, probes: dict[str, Probe]
) -> None:
    probes["one"], asks = failing(lambda _: Refused(message="the login is refused"))

    with pytest.raises(SmokeFailed, match="the login is refused"):
        smoke.run(MADE, doors)
    assert asks == [1]


def test_a_bug_in_a_probe_is_a_failed_finding_so_that_the_release_is_taken_back(
    doors: Effects, probes: dict[str, Probe]
) -> None:
    probes["one"], _ = failing(lambda _: KeyError("data"))

    with pytest.raises(SmokeFailed, match="the probe itself failed: KeyError: 'data'"):
        smoke.run(MADE, doors)


def test_an_interrupt_is_not_kept_waiting_by_a_probe_that_never_passes(
    tmp_path: Path, probes: dict[str, Probe]
) -> None:
    patient = release(smoke_deadline="1h")
    doors = effects(tmp_path, Noting(tmp_path / "local").deployed(patient, proved=False))

    def interrupt(sight: Sight) -> str:
        raise KeyboardInterrupt

    probes["first"] = Probe("", interrupt)
    probes["second"], _ = failing(lambda _: Waiting("never"))
    with pytest.raises(KeyboardInterrupt):
        smoke.run(patient, doors)


def test_only_probes_whose_services_run_are_asked(doors: Effects, probes: dict[str, Probe]) -> None:
    probes |= {"a": passing(needs=("prometheus", "grafana")), "b": passing(needs=("prometheus", "node"))}

    assert [finding.probe for finding in smoke.run(MADE, doors).findings] == ["b"]


@pytest.mark.parametrize(
    ("proved", "changed", "asked"),
    [
        (True, False, ["quick"]),
        (True, True, ["quick", "slow"]),
        (True, None, ["quick", "slow"]),
        (False, False, ["quick", "slow"]),
    ],
)
def test_only_a_run_that_changed_nothing_of_what_was_proved_asks_the_quick_ones(
    doors: Effects, probes: dict[str, Probe], proved: bool, changed: bool | None, asked: list[str]
) -> None:
    probes |= {"quick": passing(quick=True), "slow": passing()}
    if proved:
        doors.runtime.prove(MADE.id)
    if changed is not None:
        doors.journal.note(changed=changed)

    assert [finding.probe for finding in smoke.run(MADE, doors).findings] == asked


def test_a_probe_sees_the_release_and_when_it_was_activated(doors: Effects, probes: dict[str, Probe]) -> None:
    seen: list[Sight] = []
    probes["one"] = Probe("", lambda sight: seen.append(sight) or "well")  # type: ignore[func-returns-value]
    smoke.run(MADE, doors)

    assert seen[0].release is MADE
    assert seen[0].since == doors.runtime.live().activated_at > 0
    assert seen[0].environment is MADE.stack.environment


def test_alone_it_asks_what_is_live(doors: Effects, tmp_path: Path) -> None:
    assert smoke.load is not None
    assert smoke.load(doors).id == MADE.id
    with pytest.raises(NothingKept, match="nothing is deployed in environment local"):
        smoke.load(effects(tmp_path))
