"""A deploy that would put an edit back stops, and goes on where it is told to lose it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.commands.dashboards import drift, pull
from pipelines.core.values import Plan, RenderedTree, ValidatedTree
from pipelines.stages.plan import changes_something, document, plan
from stack.errors import EditsAtRisk
from stack.report import Report
from stack.runtimes.protocol import Action
from tests.pipelines.grafana.house import House, housed
from tests.pipelines.grafana.test_drift import higher

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stack.preflight.inspect_machine", lambda *_: Report())


def planned(house: House, **options: Any) -> Plan:
    made = house.release()
    return plan.run(ValidatedTree(RenderedTree(made.id, made.stack, made.tree), ()), house.effects(**options))


def test_an_edit_stops_the_plan_also_where_nothing_else_would_be_done(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not changes_something(planned(house))
    house.edit("node", higher, "more room")
    before = house.grafana.dashboard("node")
    with pytest.raises(EditsAtRisk, match="1 dashboard") as stopped:
        planned(house)
    assert "dashboards.pull" in stopped.value.advice
    assert "--discard-edits" in stopped.value.advice
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("  ✗ node, edited by ")
    assert line.endswith("more room: panels.Memory.gridPos.h: 8 is live as 9")
    assert house.grafana.dashboard("node") == before, "a plan changes nothing"


def test_where_it_may_be_lost_grafana_reads_its_files_again(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.edit("node", higher)
    made = planned(house, discard_edits=True)

    assert document(made)["discarded"] == ["node"]
    assert {c.service: c.action for c in made.changes if c.action is not Action.NOTHING} == {
        "grafana": Action.RELOAD
    }
    assert changes_something(made)
    assert "  ! discarded: node, edited by " in capsys.readouterr().out
    house.grafana.reload_provisioning()
    assert drift.run(house.effects()) == 0


def test_an_edit_that_the_file_says_by_now_is_not_lost(house: House) -> None:
    house.edit("node", higher)
    pull.run(house.effects())
    assert {c.action for c in planned(house).changes if c.service == "grafana"} == {Action.RELOAD}
    house.edit("node", lambda model: model.update(title="Nodes"))
    with pytest.raises(EditsAtRisk):
        planned(house)
    house.node.write_text(house.node.read_text().replace('"Node"', '"Nodes"'))
    planned(house)


def test_an_edit_of_what_is_no_longer_there_is_lost_as_well(house: House) -> None:
    house.edit("node", higher)
    without = json.loads(house.node.read_text())
    del without["panels"][0]
    house.node.write_text(json.dumps(without))
    with pytest.raises(EditsAtRisk):
        planned(house)
    house.node.unlink()
    with pytest.raises(EditsAtRisk):
        planned(house)


def test_what_grafana_has_not_read_yet_is_nobodys_edit_and_stops_nothing(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a deploy that was cut off the next one must go on, and a pull must not take old for new."""
    house.node.write_text(house.node.read_text().replace("Memory", "Memory in use"))
    house.deploy()
    before = house.node.read_text()
    planned(house)
    assert pull.run(house.effects()) == 0
    assert house.node.read_text() == before
    capsys.readouterr()
    assert drift.run(house.effects()) == 2
    assert capsys.readouterr().out.startswith("  ! node, edited by nobody: Grafana has not taken the file")


def test_a_grafana_that_does_not_answer_is_told_and_no_obstacle(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stack.clients.http.PAUSES", (0.0, 0.0))
    house.runtime.doors = {"grafana": "http://127.0.0.1:9"}
    planned(house)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(
        "  ! nobody knows whether dashboards were edited in Grafana: GET http://127.0.0.1:9"
    )


def test_where_it_does_not_run_or_nobody_may_edit_it_is_not_asked(tmp_path: Path, house: House) -> None:
    house.runtime.stop()
    asked = len(house.server.asked)
    planned(house)
    assert len(house.server.asked) == asked
    with housed(House(tmp_path / "closed", environment="prod")) as closed:
        made = closed.release()
        plan.run(ValidatedTree(RenderedTree(made.id, made.stack, made.tree), ()), closed.effects())
        assert closed.server.asked == []


def test_asking_costs_little_where_nothing_was_edited(house: House) -> None:
    house.server.asked.clear()
    before = time.monotonic()
    planned(house)
    # `/apis` gives them whole with the list; `/api` has to be asked for each.
    most = 2 if house.version.startswith("13") else 4
    assert len(house.server.asked) <= most, house.server.asked
    assert time.monotonic() - before < 5
