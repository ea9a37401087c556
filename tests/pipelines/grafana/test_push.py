"""`dashboards.push` shows a change in a folder of its own, beside what was deployed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pipelines.commands.dashboards import drift, push
from stack.errors import DefinitionInvalid, Refused

if TYPE_CHECKING:
    from tests.pipelines.grafana.house import House


def saves(house: House) -> int:
    return sum(request.startswith(("POST", "PUT")) for request in house.server.asked)


def test_the_files_model_is_shown_beside_the_deployed_one_and_only_saved_once(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.node.write_text(house.node.read_text().replace("Memory", "Memory in use"))
    assert push.run(house.effects(name="node")) == 0
    address = f"http://{house.release().stack.address('grafana')}/d/node-scratch"
    assert capsys.readouterr().out == f"dashboards/node.json is shown in the folder Scratch: {address}\n"
    live = house.grafana.dashboard("node-scratch")
    assert (live.folder, live.model["panels"][0]["title"]) == ("scratch", "Memory in use")
    assert house.grafana.dashboard("node").model["panels"][0]["title"] == "Memory"

    before = saves(house)
    assert push.run(house.effects(name="node", json=True)) == 0
    assert json.loads(capsys.readouterr().out)["changed"] is False
    assert saves(house) == before
    assert drift.run(house.effects()) == 0, "what is in the scratch folder is no drift"


def test_a_uid_stays_within_what_grafana_takes(house: House) -> None:
    long = "n" * 40
    house.node.write_text(house.node.read_text().replace('"uid": "node"', f'"uid": "{long}"'))
    assert push.run(house.effects(name="node")) == 0
    (shown,) = house.grafana.inside("scratch")
    assert (shown.uid, len(shown.uid)) == (f"{'n' * 32}-scratch", 40)


def test_it_is_cleared_one_by_one_or_whole(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("node", "built"):
        push.run(house.effects(name=name))
    assert push.run(house.effects(name="node", clear=True)) == 0
    assert [live.uid for live in house.grafana.inside("scratch")] == ["built-scratch"]
    assert push.run(house.effects(clear=True)) == 0
    assert "scratch" not in house.grafana.folders()
    assert push.run(house.effects(clear=True)) == 0
    assert capsys.readouterr().out.endswith("0 dashboard(s) taken out of the folder Scratch\n")
    assert push.run(house.effects(name="node", clear=True)) == 0


def test_without_a_name_or_with_a_wrong_one_or_without_a_model_nothing_is_shown(house: House) -> None:
    with pytest.raises(Refused, match="which dashboard") as refused:
        push.run(house.effects())
    assert refused.value.advice == "one of: built, node"
    with pytest.raises(Refused, match="there is no dashboard 'nodes'"):
        push.run(house.effects(name="nodes"))
    house.node.write_text("{")
    with pytest.raises(DefinitionInvalid, match="is no JSON"):
        push.run(house.effects(name="node"))
    assert saves(house) == 0
