"""The one place that picks real implementations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.core.console import Console
from pipelines.core.effects import ROOT, build
from pipelines.core.options import Options
from stack.errors import BinaryMissing
from stack.runtimes.compose import Compose
from stack.runtimes.native import Native
from tests.pipelines.core.doubles import release

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_produced_lies_where_one_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITORING_VAR", str(tmp_path / "elsewhere"))
    doors = build(Options("lab"), "deploy", Console(), keeps=True)

    assert doors.var == tmp_path / "elsewhere"
    assert doors.folder == doors.var / "lab"
    assert doors.journal.path.parent == doors.var / "runs"
    assert isinstance(doors.runtime, Native)
    assert list(tmp_path.iterdir()) == []  # nothing is made before something is done


@pytest.mark.parametrize("value", ["", None])
def test_without_a_word_it_lies_in_the_repository(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if value is None:
        monkeypatch.delenv("MONITORING_VAR", raising=False)
    else:
        monkeypatch.setenv("MONITORING_VAR", value)
    assert build(Options("lab"), "deploy", Console(), keeps=False).var == ROOT / "var"


def test_inside_a_stack_programs_are_on_path_alone_and_services_are_asked_by_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITORING_VAR", str(tmp_path))
    monkeypatch.setenv("MONITORING_INSIDE", "1")
    monkeypatch.setenv("PATH", str(tmp_path))
    doors = build(Options("dev"), "backup", Console(), keeps=True)
    stack = release("dev", runtime="compose", binaries={"paths": {"prometheus": "/opt/of_the_host"}}).stack

    assert isinstance(doors.runtime, Compose)
    assert doors.runtime.doors.inside
    with pytest.raises(BinaryMissing) as caught:
        doors.toolbox.find(stack)
    assert "of_the_host" not in str(caught.value)
    assert "upstream" not in str(caught.value)


def test_programs_are_found_in_the_sources_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MONITORING_VAR", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    doors = build(Options("lab"), "deploy", Console(), keeps=True)
    stack = release(binaries={"sources": ["path"]}, require_all=False).stack

    with pytest.raises(BinaryMissing):
        doors.toolbox.find(stack)
    optional = [service for service in stack.services.values() if service.optional]
    doors.toolbox.attainable(stack.environment, optional)
    assert capsys.readouterr().out.count("going on without") == len(optional)
