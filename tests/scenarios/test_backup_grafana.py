"""What people have made in Grafana is in a backup, and there again after all was lost."""

from __future__ import annotations

import base64
import tarfile
from functools import partial
from typing import TYPE_CHECKING

import pytest

from stack.clients.grafana import Grafana
from stack.clients.http import Session
from tests.backups.grafana_everything import MINE, NEWER, SECRETS, TABS, fill
from tests.backups.grafana_lab import BASE, CHANGES, OVERWRITTEN, sent
from tests.doubles.grafana_site import model

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from tests.lab import Lab

pytestmark = pytest.mark.integration


def server(lab: Lab) -> Grafana:
    password = (lab.root / "secrets" / "grafana_admin_password").read_text()
    return Grafana(Session(f"http://127.0.0.1:{lab.ports['grafana']}", auth=("admin", password), timeout=10))


def test_a_dashboard_of_somebody_comes_back_after_a_loss_and_after_a_deletion(grafana: Lab) -> None:
    theirs = server(grafana)
    theirs.create_folder("team", "The team")
    theirs.save({"uid": "tills", "title": "Tills", "schemaVersion": 42, "panels": []}, folder="team")
    said = grafana.document("backup")
    assert said["parts"]["dashboards"]["dashboards"] == 2
    assert grafana.document("restore.drill")["parts"].keys() == {"alerting", "dashboards", "metrics"}

    theirs.delete("tills")
    back = grafana.document("restore", "--dashboard", "tills")
    made = [one["name"] for one in back["steps"]["dashboards"] if one["action"] == "create"]
    assert any("tills" in name.lower() for name in made), back
    assert server(grafana).dashboard("tills").folder == "team"

    grafana.invoke("destroy", "--yes").ok()
    grafana.invoke("restore", said["snapshot"]).ok()
    assert server(grafana).dashboard("tills").model["title"] == "Tills"
    assert server(grafana).folders()["team"] == "The team"


def basic(user: str, password: str) -> dict[str, str]:
    coded = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {coded}"}


def exported(lab: Lab, snapshot: str, file: Path) -> dict[str, bytes]:
    """Give all that a snapshot has of Grafana, as it is exported."""
    lab.invoke("backup.export", snapshot, "--out", str(file)).ok()
    with tarfile.open(file) as archive:
        found = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        return {name: data.read() for name, data in found.items() if data and "manifest" not in name}


def named(steps: Iterable[Mapping[str, str]], action: str) -> set[str]:
    return {f"{step['kind']} {step['name']}" for step in steps if step["action"] == action}


def test_all_that_people_make_is_there_again_after_a_loss_and_then_nothing_is_left_to_do(
    guarded: Lab, httpserver: HTTPServer, tmp_path: Path
) -> None:
    (_, password), (_, hook) = SECRETS.values()
    httpserver.expect_request("/secret", headers=basic("me", password)).respond_with_data("let in")
    session = server(guarded).session
    fill(partial(sent, session), nested=True)
    sent(session, "POST", NEWER, TABS)
    behind = {"url": httpserver.url_for("").rstrip("/"), "basicAuth": True, "basicAuthUser": "me"}
    sent(session, "PUT", "/api/datasources/uid/mine", {**MINE, **behind})
    said = guarded.document("backup")
    assert all(said["parts"]["dashboards"].values()), said
    before = exported(guarded, said["snapshot"], tmp_path / "before.tar.gz")

    guarded.invoke("destroy", "--yes").ok()
    guarded.invoke("restore", said["snapshot"]).ok()
    again = guarded.document("restore", said["snapshot"])["steps"]["dashboards"]
    assert {step["action"] for step in again} == {"leave"}
    newer = guarded.document("backup")["snapshot"]
    assert exported(guarded, newer, tmp_path / "after.tar.gz") == before

    session = server(guarded).session
    assert session.json(f"{NEWER}/tabs")["spec"] == TABS["spec"]
    assert session.get("/api/datasources/proxy/uid/mine/secret").text == "let in"
    points = session.get(f"{BASE}/contact-points/export?decrypt=true&format=json").text
    assert (hook in points, "REDACTED" in points) == (True, False)


def test_what_was_changed_is_as_it_was_what_is_theirs_stays_and_pruned_is_what_we_brought(
    guarded: Lab,
) -> None:
    theirs = server(guarded)
    fill(partial(sent, theirs.session), nested=True)
    theirs.save(model("lost"))
    older = guarded.document("backup")["snapshot"]
    theirs.delete("lost")
    kept = guarded.document("backup")["snapshot"]
    back = guarded.document("restore", older)["steps"]["dashboards"]
    assert named(back, "create") == {"dashboard LOST (lost)"}

    for method, path, document in CHANGES:
        sent(theirs.session, method, path, document)
    theirs.save(model("mine", "Edited"), folder="outer", mark="")
    theirs.save(model("theirs"))
    theirs.create_folder("theirs", "Theirs")
    done = guarded.document("restore", kept, "--prune")["steps"]["dashboards"]
    assert named(done, "overwrite") >= OVERWRITTEN
    assert named(done, "delete") == {"dashboard LOST (lost)"}
    again = guarded.document("restore", kept, "--prune")["steps"]["dashboards"]
    assert {step["action"] for step in again} == {"leave"}
    assert {listed.uid for listed in theirs.dashboards()} >= {"mine", "theirs", "top"}
    assert theirs.folders()["theirs"] == "Theirs"
