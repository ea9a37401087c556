"""Every check is asked over the same tree, laid out as it will lie; an error of one of them stops the run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.core.check import Check, Inspection
from pipelines.core.toolbox import Toolbox
from pipelines.core.values import RenderedTree
from pipelines.stages.validate import validate
from stack.binaries import Binary
from stack.errors import CheckFailed
from stack.report import Problem, Severity
from tests.pipelines.core.doubles import effects, release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.effects import Effects

ERROR = Problem("one", "a.yml:1", "is wrong", hint="mend it")
WARNING = Problem("two", "b.yml:2", "is odd", Severity.WARNING)


@pytest.fixture
def doors(tmp_path: Path) -> Effects:
    """Give effects whose toolbox has promtool and amtool."""

    def find(programs: Any, environment: Any) -> dict[str, Binary]:
        return {
            p.name: Binary(p.name, "1", "test", {n: Path("/opt") / n for n in p.executables})
            for p in programs
        }

    return replace(effects(tmp_path, json=False), toolbox=Toolbox(find, lambda _: None))


@pytest.fixture
def rendered() -> RenderedTree:
    reading = {"receivers": [{"name": "a", "slack_configs": [{"api_url_file": "${{ secrets.hook }}"}]}]}
    made = release(alertmanager=reading, notifications="real", secrets={"hook": "env:UNSET"})
    return RenderedTree(made.id, made.stack, made.tree)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Check]:
    """Replace the checks that are found."""
    found: dict[str, Check] = {}
    monkeypatch.setattr("pipelines.stages.validate.definitions", lambda *_: found)
    return found


def saying(*problems: Problem, online: bool = False) -> Check:
    return Check(proves="that all is well", run=lambda _: iter(problems), online=online)


def test_the_tree_lies_as_it_will_lie_with_a_stand_in_for_each_secret(
    doors: Effects, rendered: RenderedTree, checks: dict[str, Check]
) -> None:
    seen: list[Inspection] = []

    def look(inspection: Inspection) -> Iterator[Problem]:
        seen.append(inspection)
        for path, data in rendered.tree.files.items():
            assert (inspection.folder / "current" / path).read_bytes() == data
        beside = inspection.folder / "current" / "alertmanager" / "../../secrets/hook"
        assert beside.resolve().read_text() == "stand-in"
        yield from ()

    checks["looking"] = Check(proves="that all is well", run=look)
    validated = validate.run(rendered, doors)
    assert validated.forecast is not None
    assert doors.journal.facts["series"] == validated.forecast.total > 0

    assert validated.rendered is rendered
    assert [proof.check for proof in validated.proofs] == ["looking"]
    assert {"promtool", "amtool"} <= seen[0].tools.keys()
    assert not seen[0].folder.exists()


def test_every_check_is_asked_and_each_problem_shown_before_an_error_stops_the_run(
    doors: Effects,
    rendered: RenderedTree,
    checks: dict[str, Check],
    capsys: pytest.CaptureFixture[str],
) -> None:
    checks |= {"one": saying(ERROR, ERROR), "two": saying(WARNING), "three": saying()}
    with pytest.raises(CheckFailed) as caught:
        validate.run(rendered, doors)

    assert str(caught.value) == "a.yml:1: is wrong (mend it)"
    assert caught.value.report.problems == (ERROR, WARNING)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[:2] for line in lines] == [
        ["✗", "one"],
        ["✗", "a.yml:1:"],
        ["✓", "three"],
        ["!", "two"],
        ["!", "b.yml:2:"],
    ]
    assert doors.journal.facts["checks"] == 3
    assert doors.journal.facts["rule_tests"] == {"passed": 0, "failed": 0}
    assert [problem["severity"] for problem in doors.journal.facts["problems"]] == ["error", "warning"]


def test_a_warning_stops_nothing(doors: Effects, rendered: RenderedTree, checks: dict[str, Check]) -> None:
    checks["two"] = saying(WARNING)

    assert validate.run(rendered, doors).proofs[0].report.problems == (WARNING,)


@pytest.mark.parametrize("online", [True, False])
def test_a_check_that_asks_the_live_server_runs_only_where_it_was_wanted(
    doors: Effects, rendered: RenderedTree, checks: dict[str, Check], online: bool
) -> None:
    checks["asking"] = saying(ERROR, online=True)
    told = replace(doors, options=replace(doors.options, values={"online": online}))

    if online:
        with pytest.raises(CheckFailed):
            validate.run(rendered, told)
    else:
        assert validate.run(rendered, told).proofs == ()


def test_only_a_lasting_check_that_found_nothing_is_not_asked_again(
    doors: Effects, rendered: RenderedTree, checks: dict[str, Check]
) -> None:
    asked: list[str] = []

    def noting(name: str, *problems: Problem) -> Check:
        def run(_: Inspection) -> tuple[Problem, ...]:
            asked.append(name)
            return problems

        return Check("that all is well", run, lasting="lasting" in name)

    checks |= {name: noting(name) for name in ("lasting", "passing")}
    checks["lasting and wrong"] = noting("lasting and wrong", WARNING)
    for _ in range(2):
        proofs = validate.run(rendered, doors).proofs
        assert [proof.report.problems for proof in proofs] == [(), (WARNING,), ()]

    assert sorted(asked) == ["lasting", *2 * ["lasting and wrong"], *2 * ["passing"]]
