"""What Grafana holds is captured as readable files, and brought back to where it was."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from backups.grafana.portable import portable
from stack.clients.grafana.objects import dashboards
from stack.errors import Refused
from tests.backups.grafana_everything import NEWER, TABS, fill
from tests.backups.grafana_lab import (
    CHANGES,
    OVERWRITTEN,
    Lab,
    actions,
    contents,
    document,
    filled,
    send,
    writes,
)
from tests.doubles.grafana_site import client, model

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = {
    "grafana_source_mine_basicAuthPassword": "env:SOURCE_PASSWORD",
    "grafana_contact_chat_url": "env:CHAT_URL",
}
BASE = "/api/v1/provisioning"
TABS_FILE = "dashboards.v2beta1.dashboard.grafana.app/tabs.json"
SOURCE_MINE = {"name": "Mine", "type": "prometheus", "access": "proxy"}


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setenv("SOURCE_PASSWORD", "hush hush")
    monkeypatch.setenv("CHAT_URL", "https://hooks.example.org/secret")
    return Lab(tmp_path, SECRETS)


@pytest.mark.parametrize("version", ["9.4.0", "11.2.0", "12.4.0", "13.2.1"])
def test_everything_comes_back_and_then_nothing_is_left_to_do(lab: Lab, version: str) -> None:
    with lab.site("one", version).served() as server:
        filled(server)
        server.asked.clear()
        part = lab.captured(server)
        assert writes(server.asked) == []
    assert lab.damages(part) == []
    with lab.site("two", version).served() as server:
        planned = lab.planned(server)
        assert writes(server.asked) == []
        done = lab.restored(server)
        assert actions(planned).keys() == {"create", "overwrite", "leave"}
        assert actions(done)["create"] == actions(planned)["create"]
        assert lab.captured(server, "again").counts == part.counts
        server.asked.clear()
        again = lab.restored(server)
        assert actions(again).keys() == {"leave"}
        assert writes(server.asked) == []
    assert contents(lab.folder / "snapshot") == contents(lab.folder / "again")


def test_files_are_named_by_uids_and_hold_neither_what_the_server_sets_nor_secrets(lab: Lab) -> None:
    with lab.site("one").served() as server:
        filled(server)
        part = lab.captured(server)
    files = contents(lab.folder / "snapshot")
    assert {"dashboards/inner/mine.json", "dashboards/general/top.json"} <= files.keys()
    assert {"folders/inner.json", "datasources/mine.json", "teams/on%20call%2F1.json"} <= files.keys()
    assert document(lab.folder, "snapshot/folders/inner.json")["parentUid"] == "outer"
    assert part.counts["dashboards"] == 2
    assert part.counts["annotations"] == 3
    for text in files.values():
        assert not {"id", "version", "created", "updated", "orgId", "orgID"} & json.loads(text).keys()
        assert not any(word in text for word in ("hush", "hooks.example.org", "[REDACTED]"))
    point = document(lab.folder, "snapshot/contact_points/chat.json")
    assert (point["secureSettings"], point["settings"]) == (["url"], {"recipient": "#ops"})


def test_what_was_changed_is_put_back_and_what_people_have_made_since_stays(lab: Lab) -> None:
    with lab.site("one").served() as server:
        filled(server)
        lab.captured(server)
        for method, path, changed in CHANGES:
            send(server, method, path, changed)
        client(server).save(model("mine", "Edited"), folder="outer", mark="")
        client(server).save(model("theirs"))
        send(server, "POST", "/api/folders", {"uid": "theirs", "title": "Theirs"})
        done = lab.restored(server)
        assert actions(done)["overwrite"] == OVERWRITTEN
        assert actions(done).keys() == {"overwrite", "leave"}
        client(server).delete("theirs")
        client(server).delete_folder("theirs")
        lab.captured(server, "again")
    assert contents(lab.folder / "snapshot") == contents(lab.folder / "again")


def test_what_comes_with_the_release_is_captured_and_left(lab: Lab) -> None:
    site = lab.site("one", editable=True)
    site.release("shipped", file=model("file"))
    with site.served() as server:
        lab.captured(server)
        client(server).save(model("file", "Edited"), folder="monitoring", mark="")
        steps = lab.restored(server)
        assert client(server).dashboard("file").title == "Edited"
    assert document(lab.folder, "snapshot/dashboards/monitoring/file.json")["file"] == "file.json"
    released = {step.name for step in steps if step.why == "comes with the release"}
    assert released == {"FILE (file)", "Monitoring (monitoring)", "Prometheus (prometheus)"}
    with lab.site("two").served() as server:
        assert {step.action for step in lab.restored(server) if step.kind in {"dashboard", "folder"}} == {
            "leave"
        }


def test_one_dashboard_comes_back_with_its_folders_and_nothing_else(lab: Lab) -> None:
    with lab.site("one").served() as server:
        filled(server)
        lab.captured(server)
    with lab.site("two").served() as server:
        steps = lab.restored(server, dashboard="mine")
        assert [step.name for step in steps] == ["Outer (outer)", "Inner (inner)", "MINE (mine)"]
        assert [listed.uid for listed in client(server).dashboards()] == ["mine"]
        with pytest.raises(Refused, match="no dashboard 'min'") as refused:
            lab.planned(server, dashboard="min")
        assert "mine" in refused.value.advice


@pytest.mark.parametrize("version", ["9.4.0", "12.4.0", "13.2.1"])
def test_pruned_is_only_what_was_restored_before_and_nobody_has_saved_since(lab: Lab, version: str) -> None:
    with lab.site("one", version).served() as server:
        for uid in ("kept", "lost", "edited"):
            client(server).save(model(uid))
        lab.captured(server, "old")
        client(server).delete("lost")
        client(server).delete("edited")
        lab.captured(server)
        lab.restored(server, "old")
        client(server).save(model("edited", "Mine now"), mark="")
        client(server).save(model("theirs"))
        assert "delete" not in actions(lab.restored(server))
        assert actions(lab.planned(server, prune=True))["delete"] == {"dashboard LOST (lost)"}
        assert actions(lab.restored(server, prune=True))["delete"] == {"dashboard LOST (lost)"}
        left = [listed.uid for listed in client(server).dashboards()]
    assert left == ["edited", "kept", "theirs"]
    assert dashboards.MESSAGE == "restored from a backup"


def test_a_dashboard_never_takes_the_place_of_another_one_with_its_title(lab: Lab) -> None:
    with lab.site("one", "9.4.0").served() as server:
        client(server).save(model("mine", "Same"))
        lab.captured(server)
    with lab.site("two", "9.4.0").served() as server:
        client(server).save(model("theirs", "Same"))
        (step,) = (step for step in lab.restored(server) if step.kind == "dashboard")
        assert (step.action, "already exists" in step.why) == ("cannot", True)
        client(server).save(model("mine", "Other"))
        (step,) = (step for step in lab.restored(server) if step.kind == "dashboard")
        assert step.action == "cannot"
        assert [listed.uid for listed in client(server).dashboards()] == ["mine", "theirs"]


def test_references_lead_to_a_data_source_that_has_another_uid_here(lab: Lab) -> None:
    with lab.site("one").served() as server:
        filled(server)
        lab.captured(server)
    with lab.site("two").served() as server:
        send(server, "POST", "/api/datasources", {**SOURCE_MINE, "uid": "other"})
        assert "data source Mine (other)" in actions(lab.restored(server))["overwrite"]
        assert client(server).dashboard("mine").model["panels"][0]["datasource"]["uid"] == "other"
        rules = client(server).session.json(f"{BASE}/alert-rules")
        assert rules[0]["data"][0]["datasourceUid"] == "other"
        assert server._state.database.shelf("sources").keys() == {"other"}
        assert actions(lab.restored(server)).keys() == {"leave"}


def test_the_contact_point_of_an_older_fresh_server_is_made_once_where_there_is_none(lab: Lab) -> None:
    with lab.site("one", "11.2.0").served() as server:
        lab.captured(server)
    with lab.site("two", "12.4.0").served() as server:
        made = "contact point grafana-default-email (name-grafana-default-email)"
        assert made in actions(lab.restored(server))["create"]
        assert actions(lab.restored(server)).keys() == {"leave"}
    with lab.site("three", "11.2.0").served() as server:
        assert actions(lab.restored(server)).keys() == {"leave"}


def test_an_annotation_of_a_dashboard_that_cannot_be_made_is_told_and_the_rest_is_made(lab: Lab) -> None:
    with lab.site("one", "12.4.0").served() as server:
        filled(server)
        lab.captured(server)
    (lab.folder / "snapshot" / "dashboards" / "inner" / "mine.json").unlink()
    with lab.site("two", "12.4.0").served() as server:
        done = lab.restored(server)
        assert [name for name in actions(done)["cannot"] if name.startswith("annotation ")]
        assert "alert rule Too much (rule)" in actions(done)["create"]


@pytest.mark.parametrize("version", ["12.4.0", "13.2.1"])
def test_a_dashboard_of_the_newer_schema_comes_back_with_what_the_older_one_has_not(
    lab: Lab, version: str
) -> None:
    with lab.site("one", version).served() as server:
        filled(server)
        send(server, "POST", NEWER, TABS)
        lab.captured(server)
    resource = json.loads(portable(lab.folder / "snapshot")[f"resources/{TABS_FILE}"])
    assert (resource["apiVersion"], resource["spec"]) == (TABS["apiVersion"], TABS["spec"])
    with lab.site("two", version).served() as server:
        send(server, "POST", "/api/datasources", {**SOURCE_MINE, "uid": "other"})
        assert "dashboard Tabs (tabs)" in actions(lab.restored(server))["create"]
        elsewhere = json.loads(json.dumps(TABS["spec"]).replace('"name": "mine"', '"name": "other"'))
        assert client(server).session.json(f"{NEWER}/tabs")["spec"] == elsewhere
        assert client(server).dashboard("tabs").folder == "inner"
        assert actions(lab.restored(server)).keys() == {"leave"}
        send(server, "PUT", f"{NEWER}/tabs", {**TABS, "spec": {**TABS["spec"], "tags": ["other"]}})
        assert "dashboard Tabs (tabs)" in actions(lab.restored(server))["overwrite"]
        client(server).save(model("tabs", "Flat"), mark="")
        assert "dashboard Tabs (tabs)" in actions(lab.restored(server))["overwrite"]
        assert client(server).session.json(f"{NEWER}/tabs")["spec"] == elsewhere
    with lab.site("three", "11.2.0").served() as server:
        done = [step for step in lab.restored(server) if step.name == "Tabs (tabs)"]
        assert [step.action for step in done] == ["create", "cannot"]
        assert "v2beta1" in done[1].why


@pytest.mark.parametrize("version", ["9.4.0", "12.4.0"])
def test_what_is_locked_in_the_editor_is_locked_again(lab: Lab, version: str) -> None:
    with lab.site("one", version).served() as server:
        fill(partial(send, server, locked=True), nested=server._state.settings.is_newer)
        lab.captured(server)
    with lab.site("two", version).served() as server:
        lab.restored(server)
        lab.captured(server, "again")
    assert document(lab.folder, "snapshot/alert_rules/rule.json")["provenance"] == "api"
    assert contents(lab.folder / "snapshot") == contents(lab.folder / "again")
