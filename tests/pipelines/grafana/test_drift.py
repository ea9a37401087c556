"""`dashboards.drift` says who edited what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.commands.dashboards import drift
from stack.errors import Refused
from tests.pipelines.core.doubles import Noting, effects, release

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipelines.grafana.house import House


def higher(model: dict[str, Any]) -> None:
    model["panels"][0]["gridPos"]["h"] = 9


def test_nothing_is_said_where_nothing_was_edited(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert drift.run(house.effects()) == 0
    assert capsys.readouterr().out == "every dashboard is as the live release has it\n"


def test_an_edit_is_told_with_who_when_why_and_what(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.edit("node", higher, "more room")
    house.grafana.save({"uid": "mine", "title": "Mine", "panels": []}, folder="monitoring")
    code, lines = drift.run(house.effects()), capsys.readouterr().out.splitlines()

    assert code == 2
    assert lines[0].startswith("  ! node, edited by ")
    assert "admin, 20" in lines[0]
    assert lines[0].endswith("Z: more room")
    assert lines[1] == "      panels.Memory.gridPos.h: 8 is live as 9"
    assert lines[2] == '  ! "Mine" (mine) was made in Grafana: no file has it'
    drift.run(house.effects(json=True))
    document = json.loads(capsys.readouterr().out)
    assert [(one["uid"], one["saves"][0]["message"]) for one in document["edited"]] == [("node", "more room")]
    assert document["edited"][0]["differences"][0]["live"] == 9
    assert [one["uid"] for one in document["without_a_file"]] == ["mine"]


def test_what_came_from_a_file_that_is_gone_is_of_that_file_and_what_was_deleted_is_missing(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    (house.folder / "watched" / "old.json").write_text('{"uid": "old", "title": "Old"}')
    (house.folder / "watched" / "node.json").unlink()
    house.grafana.reload_provisioning()
    assert drift.run(house.effects()) == 2
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "  ✗ node is not there",
        '  ! "Old" (old) is of old.json, which is no longer rendered',
    ]


def test_what_the_editor_adds_by_itself_is_no_edit(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    def saved_again(model: dict[str, Any]) -> None:
        model |= {"editable": True, "preload": False, "links": [], "weekStart": "", "fiscalYearStartMonth": 0}
        model["annotations"] = {"list": [{"builtIn": 1, "name": "Annotations & Alerts"}]}
        model["panels"][0] |= {"pluginVersion": "13.2.1", "transformations": []}

    house.edit("node", saved_again)
    assert drift.run(house.effects()) == 0


def test_an_old_model_that_the_server_has_brought_up_to_date_is_no_edit(house: House) -> None:
    house.node.write_text(json.dumps({"uid": "node", "title": "Node", "schemaVersion": 30, "panels": []}))
    house.deploy()
    house.grafana.reload_provisioning()
    kept = house.server._state.database.dashboards["node"]
    newer = {**kept.model, "schemaVersion": 42, "timepicker": {"hidden": True}}
    kept.model = kept.saves[0]["model"] = newer
    assert drift.run(house.effects()) == 0
    house.edit("node", lambda model: model.update(title="Node, edited"))
    assert drift.run(house.effects()) == 2


def test_where_no_grafana_runs_there_is_nothing_to_ask(tmp_path: Path) -> None:
    runtime = Noting(tmp_path).deployed(release(services={"grafana": False}))
    with pytest.raises(Refused, match="no Grafana runs in environment local"):
        drift.run(effects(tmp_path, runtime))
