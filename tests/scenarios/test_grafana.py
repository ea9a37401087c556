"""Grafana as part of a deploy: a strict double everywhere, the real one where a `grafana` is to be had."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from stack.clients.grafana import Grafana
from stack.clients.http import Session
from stack.emit import to_json
from tests.lab import EVERY
from tests.real import real_grafana

if TYPE_CHECKING:
    from tests.lab import Lab

pytestmark = pytest.mark.integration


def password(lab: Lab) -> str:
    return (lab.root / "secrets" / "grafana_admin_password").read_text()


def shown(lab: Lab, uid: str) -> dict[str, Any]:
    url = f"http://127.0.0.1:{lab.ports['grafana']}/api/dashboards/uid/{uid}"
    found: dict[str, Any] = requests.get(url, auth=("admin", password(lab)), timeout=10).json()
    return found


def test_grafana_comes_up_with_a_generated_password_its_source_and_its_dashboards(whole: Lab) -> None:
    base = f"http://127.0.0.1:{whole.ports['grafana']}"
    search = f"{base}/api/search?type=dash-db&limit=100&page=1"
    found = requests.get(search, auth=("admin", password(whole)), timeout=10).json()

    assert {entry["uid"] for entry in found} >= {"overview", "vertical-fleet-health"}
    assert requests.get(search, auth=("admin", "admin"), timeout=10).status_code == 401
    assert (whole.root / "secrets" / "grafana_admin_password").stat().st_mode & 0o777 == 0o600
    runs = json.loads(whole.invoke("runs", "--json").ok().out)
    probes = {name: passed for name, passed, *_ in runs[0]["findings"]}
    assert probes["grafana_source"]
    assert probes["grafana_dashboards"]


def test_a_query_goes_through_the_proxy_of_the_data_source(grafana: Lab) -> None:
    base = f"http://127.0.0.1:{grafana.ports['grafana']}/api/datasources/proxy/uid/prometheus"
    found = requests.get(
        f"{base}/api/v1/query",
        {"query": 'up{job="prometheus"}'},
        auth=("admin", password(grafana)),
        timeout=10,
    ).json()

    assert [series["value"][1] for series in found["data"]["result"]] == ["1"]


def edit(lab: Lab, title: str, message: str) -> None:
    """Rename a dashboard of the site as a person does in Grafana's editor."""
    server = live(lab)
    seen = server.dashboard("mine")
    server.save({**seen.model, "title": title}, folder=seen.folder, message=message, mark=seen.mark)


def live(lab: Lab) -> Grafana:
    return Grafana(Session(f"http://127.0.0.1:{lab.ports['grafana']}", auth=("admin", password(lab))))


def test_an_edit_stops_a_deploy_until_it_is_pulled_or_discarded(grafana: Lab) -> None:
    file = grafana.site / "dashboards" / "mine.json"
    file.parent.mkdir()
    file.write_bytes(to_json({"uid": "mine", "title": "Mine", "schemaVersion": 42, "description": "kept"}))
    grafana.invoke("deploy").ok()
    release = grafana.live()
    assert grafana.invoke("dashboards.drift").ok().last == "every dashboard is as the live release has it"

    edit(grafana, "Mine, edited", "a better name")
    drift = grafana.invoke("dashboards.drift")
    assert drift.code == 2
    assert "admin" in drift.out
    assert "a better name" in drift.out
    assert "title: 'Mine' is live as 'Mine, edited'" in drift.out
    for verb in ("deploy", "deploy.plan", "rollback"):
        said = grafana.invoke(verb)
        assert said.code == 15, said.out
        assert "dashboards.pull" in said.last
        assert "--discard-edits" in said.last
    assert (grafana.live(), live(grafana).dashboard("mine").title) == (release, "Mine, edited")

    before = file.read_text()
    at_once = [grafana.start("dashboards.pull") for _ in range(2)]
    assert [(one.communicate(timeout=60)[1], one.returncode)[1] for one in at_once] == [0, 0]
    assert sorted(path.name for path in file.parent.iterdir()) == ["mine.json"]
    assert file.read_text() == before.replace('"Mine"', '"Mine, edited"')
    assert grafana.invoke("dashboards.pull").ok().last.startswith("nothing was edited")
    grafana.invoke("deploy").ok()
    assert grafana.invoke("dashboards.drift").code == 0

    edit(grafana, "Worse", "")
    said = grafana.invoke("deploy", "--discard-edits").ok()
    assert "discarded: mine, edited by" in said.out
    assert live(grafana).dashboard("mine").title == "Mine, edited"
    runs = json.loads(grafana.invoke("runs", "--json").ok().out)
    assert "'Mine, edited' is live as 'Worse'" in runs[0]["discarded_edits"][0]
    assert grafana.invoke("dashboards.drift").code == 0


def test_a_change_is_looked_at_before_it_is_deployed_and_a_new_dashboard_becomes_a_file(grafana: Lab) -> None:
    said = grafana.invoke("dashboards.push", "overview").ok()
    assert said.last.endswith(f":{grafana.ports['grafana']}/d/overview-scratch")
    assert (
        grafana.invoke("dashboards.push", "overview")
        .ok()
        .last.startswith("dashboards/overview.py is shown already")
    )
    assert {one.folder for one in live(grafana).dashboards()} == {"monitoring", "scratch"}
    grafana.invoke("dashboards.push", "--clear").ok()
    assert {one.folder for one in live(grafana).dashboards()} == {"monitoring"}

    new = {"uid": "new", "title": "A new one", "schemaVersion": 42, "panels": []}
    live(grafana).save(new, folder="monitoring", message="made in Grafana")
    assert grafana.invoke("dashboards.drift").code == 2
    grafana.invoke("dashboards.pull").ok()
    assert json.loads((grafana.site / "dashboards" / "a-new-one.json").read_text())["uid"] == "new"
    grafana.invoke("deploy").ok()
    assert live(grafana).dashboard("new").file == "a-new-one.json"
    assert grafana.invoke("dashboards.drift").code == 0


def test_a_changed_dashboard_is_reloaded_and_compared_by_content(grafana: Lab) -> None:
    pid, kept = grafana.pid("grafana"), shown(grafana, "overview")["dashboard"]["id"]
    folder = grafana.site / "dashboards"
    folder.mkdir()
    model = {"uid": "mine", "title": "Mine", "panels": [], "schemaVersion": 41}
    (folder / "mine.json").write_text(json.dumps(model))
    said = grafana.invoke("deploy").ok()

    assert "grafana          reloaded" in said.out
    count = len(list((grafana.root / "watched" / "grafana" / "dashboards").glob("*.json")))
    assert f"{count} dashboards are there, as they were rendered" in said.out
    assert grafana.pid("grafana") == pid
    assert shown(grafana, "mine")["dashboard"]["title"] == "Mine"
    # Behind the link it would have been deleted and made anew, its history and stars lost.
    assert shown(grafana, "overview")["dashboard"]["id"] == kept

    (folder / "mine.json").unlink()
    grafana.invoke("deploy").ok()
    assert not (grafana.root / "watched" / "grafana" / "dashboards" / "mine.json").exists()


def test_where_no_source_has_it_local_goes_on_without_and_says_so(lab: Lab) -> None:
    lab.environment(disable={"dashboards": EVERY}, binaries={"sources": ["path", "debian"]})
    if real_grafana():
        pytest.skip("this machine has a Grafana on PATH")
    said = lab.invoke("deploy").ok()

    assert sum("going on without grafana" in line for line in said.out.splitlines()) == 1
    assert "grafana" not in json.loads((lab.root / "current" / "runtime" / "processes.json").read_text())
