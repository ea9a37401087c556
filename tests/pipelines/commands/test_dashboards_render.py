"""The verb that writes the shipped dashboards' JSON: what it writes, what it takes away, what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.commands.dashboards import render
from pipelines.core.console import Console
from stack.errors import DefinitionInvalid
from tests.pipelines.core.doubles import effects

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

ROOT = Path(__file__).parents[3]
MADE = """
def dashboard(values):
    return {"uid": "made-here", "title": "Made", "red": values["cpu_percent"]}
"""


@pytest.fixture
def doors(tmp_path: Path) -> Effects:
    """Give effects on a repository with a dashboard of each kind, and a file of one that is gone."""
    root = tmp_path / "root"
    (root / "dashboards" / "json").mkdir(parents=True)
    (root / "dashboards" / "made.py").write_text(MADE)
    (root / "dashboards" / "exported.json").write_text('{"uid": "exported", "title": "Exported"}')
    (root / "dashboards" / "json" / "gone.json").write_text("{}")
    return replace(effects(tmp_path), root=root)


def written(doors: Effects) -> dict[str, str]:
    return {path.name: path.read_text() for path in (doors.root / "dashboards" / "json").iterdir()}


def test_it_writes_sorted_files_by_uid_with_the_values_that_all_begin_with(doors: Effects) -> None:
    assert render.run(doors) == 0
    assert written(doors) == {
        "exported.json": '{\n  "title": "Exported",\n  "uid": "exported"\n}\n',
        "made-here.json": '{\n  "red": 80,\n  "title": "Made",\n  "uid": "made-here"\n}\n',
    }


def test_it_says_what_is_new_changed_and_gone_and_then_nothing(
    doors: Effects, capsys: pytest.CaptureFixture[str]
) -> None:
    render.run(doors)
    first = capsys.readouterr().out
    assert [line.split()[1:] for line in first.splitlines()[:-1]] == [
        ["new", "exported.json"],
        ["gone", "gone.json"],
        ["new", "made-here.json"],
    ]
    assert first.splitlines()[-1].endswith(
        "2 dashboards, 3 of their files in dashboards/json written or taken away"
    )

    render.run(doors)
    assert len(capsys.readouterr().out.splitlines()) == 1

    (doors.root / "dashboards" / "json" / "exported.json").write_text("{}")
    told = replace(doors, console=Console(json=True))
    render.run(told)
    assert json.loads(capsys.readouterr().out) == {"exported.json": "changed"}


def test_a_dashboard_without_a_model_leaves_every_file_as_it_is(doors: Effects) -> None:
    (doors.root / "dashboards" / "broken.py").write_text("1 / 0")
    with pytest.raises(DefinitionInvalid, match=r"dashboards/broken\.py: ZeroDivisionError"):
        render.run(doors)
    assert set(written(doors)) == {"gone.json"}
