"""A pipeline of a few lines becomes tasks: prefixes, stages that stand alone, and the whole."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from invoke.collection import Collection
from invoke.program import Program

from pipelines.core.face import command_task, pipeline_collection
from pipelines.core.options import Option
from pipelines.core.stage import Pipeline, from_disk, stage
from stack.errors import NothingKept

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.core.effects import Effects
    from stack.load import Loaded

HEARD: list[str] = []


@stage
def take(loaded: Loaded, effects: Effects) -> str:
    """Take the environment's name."""
    return loaded.environment.name


@stage
def measure(name: str, effects: Effects) -> int:
    """Measure it."""
    return len(name)


@from_disk(lambda effects: int(effects.options.text("kept") or 0))
@stage
def show(length: int, effects: Effects) -> str:
    """Show it."""
    if not length:
        raise NothingKept(message="there is no length")
    return "#" * length


def finish(value: str, effects: Effects) -> int:
    HEARD.append(value)
    effects.console.end(value)
    return 0


def measured(value: int, effects: Effects) -> int:
    effects.console.end(f"{value} letters")
    return 2


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """Give a pipeline that only exists for a test."""
    module = ModuleType("pipelines.lab", "Show how long a name is.")
    module.PIPELINE = Pipeline.of(take).then(measure).then(show)  # type: ignore[attr-defined]
    module.OPTIONS = (Option("kept", "a length that is kept"),)  # type: ignore[attr-defined]
    module.ENDINGS = {"measure": measured}  # type: ignore[attr-defined]
    module.OUTCOME = lambda _, code: HEARD.append(f"ended with {code}")  # type: ignore[attr-defined]
    module.finish = finish  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pipelines.lab", module)
    monkeypatch.setenv("MONITORING_VAR", str(tmp_path))
    for name in ("MONITORING_ENV", "MONITORING_SITE"):
        monkeypatch.delenv(name, raising=False)
    HEARD.clear()
    return module


def run(*words: str) -> int:
    """Run words of a command line, and give the exit code."""
    namespace = Collection(pipeline_collection("lab"), command_task("runs"))
    try:
        Program(namespace=namespace).run(["invoke", *words])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_the_whole_pipeline_has_its_own_name_and_ends_as_it_says(
    lab: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("lab", "--env", "prod") == 0
    assert HEARD == ["####", "ended with 0"]
    ran = [line.split()[1] for line in capsys.readouterr().out.splitlines()[:3]]
    assert ran == ["take", "measure", "show"]


def test_a_stage_is_the_prefix_that_ends_with_it(lab: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("lab.take", "--env", "prod") == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["str made"]
    assert run("lab.measure", "--env", "staging") == 2
    assert capsys.readouterr().out.splitlines()[-1] == "7 letters"
    assert HEARD == []  # only a whole pipeline has an outcome


def test_a_stage_whose_value_is_kept_runs_alone(lab: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("lab.show", "--kept", "3") == 0
    assert HEARD == ["###"]
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert run("lab.show") == 10


def test_a_failing_pipeline_exports_how_it_ended(lab: ModuleType) -> None:
    assert run("lab", "--env", "nowhere") == 3
    assert HEARD == ["ended with 3"]


def test_only_pipelines_are_written_down_and_a_verb_that_asks_for_it(
    lab: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("runs")
    assert not (tmp_path / "runs").exists()
    run("lab", "--env", "prod")
    run("lab.show", "--kept", "1")
    tasks = sorted(path.name.split("-")[2] for path in (tmp_path / "runs").iterdir())

    assert tasks == ["lab", "lab.show"]

    monkeypatch.setattr("pipelines.commands.runs.KEEPS", True, raising=False)
    run("runs")
    assert any("-local-runs-" in path.name for path in (tmp_path / "runs").iterdir())


def test_options_are_those_of_the_pipeline_and_the_common_ones(
    lab: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("lab.measure", "--help") == 0
    said = capsys.readouterr().out

    assert "Measure it." in said
    flags = {word.partition("=")[0] for word in said.split() if word.startswith("--")}
    assert flags == {"--kept", "--env", "--site", "--set", "--json"}


def test_settings_reach_the_environment(lab: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("lab", "--env", "prod", "--set", "retention=nonsense", "--set", "colour=red") == 3
    assert capsys.readouterr().out.splitlines()[-1] == "environment prod has 2 mistake(s)"


def test_a_task_without_a_word_about_itself_still_runs(lab: ModuleType) -> None:
    lab.__doc__ = None
    del lab.OPTIONS, lab.ENDINGS, lab.OUTCOME
    found: Any = pipeline_collection("lab")

    assert found["run"].__doc__ == ""
    assert run("lab.measure", "--env", "prod") == 0
    assert HEARD == []
