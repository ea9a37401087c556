"""The double of Grafana answers what a real one was seen to answer, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.doubles.grafana.walk import walk
from tests.doubles.grafana_site import Site, client, model

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path, version="9.4.0").prepared()


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"dashboard": {"uid": "file"}}, 400, "title"),
        ({"dashboard": model("file"), "overwrite": True}, 400, "Cannot save provisioned"),
        ({"dashboard": model("own")}, 412, "version-mismatch"),
        ({"dashboard": model("own", version=1)}, 200, '"version": 2'),
        ({"dashboard": model("own", version=7)}, 412, "version-mismatch"),
        ({"dashboard": model("own"), "overwrite": True}, 200, '"version": 2'),
        ({"dashboard": model("other", "OWN")}, 412, "name-exists"),
        ({"dashboard": model("new"), "folderUid": "nowhere"}, 400, "Folder not found"),
        ({"dashboard": model("new", id=999)}, 404, "Dashboard not found"),
        ({"dashboard": model("a b")}, 400, "illegal characters"),
        ({"dashboard": model("x" * 41)}, 400, "too long"),
        ({"dashboard": model("new")}, 200, '"version": 1'),
    ],
)
def test_the_double_saves_and_refuses_as_was_recorded(
    site: Site, asked: dict[str, Any], status: int, said: str
) -> None:
    site.release("shipped", file=model("file"))
    with site.served() as server:
        session = client(server).session
        session.post("/api/dashboards/db", {"dashboard": model("own")})
        answer = session.request("POST", "/api/dashboards/db", json=asked)
        assert (answer.status_code, said in answer.text) == (status, True), answer.text


def test_the_double_guards_what_was_provisioned_and_knows_its_folders(site: Site) -> None:
    site.release("shipped", file=model("file"))
    with site.served() as server:
        ask = client(server).session.request
        assert ask("DELETE", "/api/dashboards/uid/file").status_code == 400
        assert ask("DELETE", "/api/datasources/uid/prometheus").status_code == 403
        assert ask("GET", "/api/datasources/proxy/uid/prometheus/api/v1/query").status_code == 502
        assert ask("POST", "/api/folders", json={"uid": "monitoring", "title": "Other"}).status_code == 412
        assert ask("POST", "/api/folders", json={"uid": "other", "title": "Monitoring"}).status_code == 409
        assert ask("POST", "/api/folders", json={"uid": "other", "title": "Other"}).status_code == 200


def test_a_newer_one_lets_titles_be_shared_and_counts_only_what_changes(tmp_path: Path) -> None:
    with Site(tmp_path, version="12.4.0").prepared().served() as server:
        session = client(server).session
        for uid in ("own", "other"):
            new = {"dashboard": model(uid, "Same")}
            assert session.request("POST", "/api/dashboards/db", json=new).json()["version"] == 1
        again = {"dashboard": model("own", "Same"), "overwrite": True, "message": "again"}
        assert session.request("POST", "/api/dashboards/db", json=again).json()["version"] == 1
        assert client(server).saves("own")[0].message == "again"
        for uid in ("one", "two"):
            assert session.request("POST", "/api/folders", json={"uid": uid, "title": "Same"}).ok
        assert session.json("/api/v1/provisioning/contact-points") == []
        assert session.json("/api/org/preferences") == {}


def test_an_edit_of_a_file_outlives_the_poll_and_not_a_reload_or_another_content(tmp_path: Path) -> None:
    site = Site(tmp_path, editable=True).prepared()
    site.release("shipped", file=model("file"))
    with site.served() as server:
        grafana, (provider,) = client(server), server._state.providers

        def titled(title: str) -> bool:
            return bool(grafana.dashboard("file").title == title)

        seen = grafana.dashboard("file")
        grafana.save({**seen.model, "title": "Edited"}, folder=seen.folder, mark=seen.mark)
        walk(server._state, provider, reload=False)
        assert titled("Edited")
        grafana.reload_provisioning()
        assert titled("FILE")
        seen = grafana.dashboard("file")
        grafana.save({**seen.model, "title": "Edited"}, folder=seen.folder, mark=seen.mark)
        (site.folder / "current" / "file.json").write_text('{"uid": "file", "title": "Another"}')
        walk(server._state, provider, reload=False)
        assert titled("Another")


def test_the_double_answers_nothing_that_it_does_not_know(site: Site) -> None:
    with site.served() as server:
        assert client(server).session.request("GET", "/api/alerts").status_code == 501
        assert server.unmatched == ["GET /api/alerts"]
        server.unmatched.clear()
    assert (site.folder / "data" / "unmatched.log").read_text() == "GET /api/alerts\n"
