"""`dashboards.pull` turns an edit into a clean diff of the file, and loses nothing that is there."""

from __future__ import annotations

import difflib
import errno
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.commands.dashboards import pull
from stack.errors import Refused
from tests.pipelines.grafana.test_drift import higher

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipelines.grafana.house import House


def changed(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in {"+++", "---"}]


def test_what_was_not_edited_is_not_touched(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    before = house.node.stat()
    assert pull.run(house.effects()) == 0
    assert capsys.readouterr().out == "nothing was edited in Grafana that the files do not say\n"
    assert house.node.stat() == before


def test_only_what_was_edited_differs_in_the_file_and_a_second_pull_changes_nothing(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    before = house.node.read_text()
    house.edit("node", higher)
    assert pull.run(house.effects()) == 0
    assert changed(before, house.node.read_text()) == ['-        "h": 8,', '+        "h": 9,']
    out = capsys.readouterr().out
    assert "node.json takes the edit over\n      panels.Memory.gridPos.h: 8 is live as 9\n" in out
    after = house.node.stat()
    assert pull.run(house.effects()) == 0
    assert capsys.readouterr().out.endswith("nothing was edited in Grafana that the files do not say\n")
    assert house.node.stat() == after


def test_a_file_keeps_the_way_it_is_written(house: House) -> None:
    model = {**json.loads(house.node.read_text()), "title": "Nœud", "version": 7}
    text = json.dumps(dict(reversed(model.items())), indent="\t")
    house.node.write_text(text)
    house.deploy()
    house.grafana.reload_provisioning()
    house.edit("node", higher)
    pull.run(house.effects())
    assert [line.strip() for line in changed(text, house.node.read_text())] == [
        '-\t\t\t\t"h": 8,',
        '+\t\t\t\t"h": 9,',
    ]


def test_what_the_file_has_changed_itself_stays(house: House) -> None:
    model = json.loads(house.node.read_text())
    model["panels"][1]["title"] = "Disks"
    model["description"] = "written meanwhile"
    house.node.write_text(json.dumps(model, indent=2))
    house.edit("node", higher)
    assert pull.run(house.effects()) == 0
    after = json.loads(house.node.read_text())
    assert [panel["title"] for panel in after["panels"]] == ["Memory", "Disks"]
    assert (after["description"], after["panels"][0]["gridPos"]["h"]) == ("written meanwhile", 9)


def test_what_both_have_changed_is_told_and_left_alone(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    model = json.loads(house.node.read_text())
    model["panels"][0]["gridPos"]["h"] = 4
    house.node.write_text(json.dumps(model))
    house.edit("node", higher)
    assert pull.run(house.effects()) == 2
    assert json.loads(house.node.read_text()) == model
    assert "panels.Memory.gridPos.h was changed both in Grafana and in " in capsys.readouterr().out


def test_a_python_file_is_not_rewritten_and_told_what_it_has_to_say(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    path = house.root / "dashboards" / "built.py"
    before = path.read_text()
    house.edit("built", lambda model: model["panels"][0].update(unit="ms"))
    assert pull.run(house.effects()) == 2
    assert path.read_text() == before
    assert "panels.A.unit: 's' is live as 'ms'" in capsys.readouterr().out
    aside = json.loads((house.folder / "var" / "local" / "pulled" / "built.json").read_text())
    assert aside["panels"][0]["unit"] == "ms"

    path.write_text(before.replace('"s"', '"ms"'))
    assert pull.run(house.effects()) == 0
    assert "built.py says so already" in capsys.readouterr().out


def test_a_new_dashboard_becomes_a_file_of_the_last_site_or_of_the_repository(
    house: House, tmp_path: Path
) -> None:
    house.grafana.save({"uid": "mine", "title": "My own: board", "panels": []}, folder="monitoring")
    house.grafana.save({"uid": "else", "title": "Elsewhere", "panels": []})
    sites = (tmp_path / "first", tmp_path / "last")
    assert pull.run(house.effects(sites=sites)) == 0
    written = tmp_path / "last" / "dashboards" / "my-own-board.json"
    assert json.loads(written.read_text()) == {"uid": "mine", "title": "My own: board"}
    assert not sites[0].exists()
    assert sorted(path.name for path in written.parent.iterdir()) == ["my-own-board.json"]

    before = written.stat()
    assert pull.run(house.effects(sites=sites)) == 0
    assert written.stat() == before
    assert [path.name for path in written.parent.iterdir()] == ["my-own-board.json"]
    house.edit("mine", lambda model: model.update(description="edited again"))
    assert pull.run(house.effects(sites=sites)) == 0
    assert json.loads(written.read_text())["description"] == "edited again"
    assert pull.run(house.effects()) == 0
    assert (house.root / "dashboards" / "my-own-board.json").exists()


def test_only_the_named_one_is_pulled_and_an_unknown_name_is_refused(house: House) -> None:
    house.edit("node", higher)
    before = house.node.read_text()
    assert pull.run(house.effects(name="built")) == 0
    assert house.node.read_text() == before
    with pytest.raises(Refused, match="there is no dashboard 'nodes'") as refused:
        pull.run(house.effects(name="nodes"))
    assert refused.value.advice == "did you mean 'node'?"
    assert pull.run(house.effects(name="Node")) == 0
    assert house.node.read_text() != before


@pytest.mark.parametrize("fault", ["open", "write", "fsync", "rename"])
def test_a_file_is_whole_whatever_fails(house: House, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    house.edit("node", higher)
    before = house.node.read_text()

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if fault == "rename":
        monkeypatch.setattr("pathlib.Path.replace", fail)
    else:
        monkeypatch.setattr(os, {"open": "open", "write": "fdopen", "fsync": "fsync"}[fault], fail)
    with pytest.raises(OSError, match="No space left"):
        pull.run(house.effects())
    monkeypatch.undo()
    assert house.node.read_text() == before
    assert sorted(path.name for path in house.node.parent.iterdir() if path.is_file()) == [
        "built.py",
        "node.json",
    ]
