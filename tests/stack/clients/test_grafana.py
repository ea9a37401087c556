from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dashboards.overview import dashboard as overview
from dashboards.vertical_fleet_health import dashboard as fleet
from stack.clients.grafana import Grafana, Listed, Sample, differences
from stack.clients.http import Session
from stack.errors import HttpFailed, Refused
from tests.doubles import grafana as double

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pytest_httpserver import HTTPServer

PASSWORD = "made up for this test"


@dataclass(frozen=True)
class Site:
    """What a Grafana reads: a folder with provisioning, dashboards behind a link, and the password's file."""

    folder: Path
    prometheus: str = "http://127.0.0.1:1"
    editable: bool = False

    def prepared(self) -> Site:
        source = {"name": "Prometheus", "uid": "prometheus", "type": "prometheus", "url": self.prometheus}
        provider = {
            "name": "shipped",
            "folder": "Monitoring",
            "folderUid": "monitoring",
            "allowUiUpdates": self.editable,
            "updateIntervalSeconds": 3600,
            "options": {"path": "$DASHBOARDS"},
        }
        self.write("provisioning/datasources/a.yaml", {"datasources": [{**source, "isDefault": True}]})
        self.write("provisioning/dashboards/a.yaml", {"providers": [provider]})
        (self.folder / "password").write_text(f"{PASSWORD}\n")
        self.release("one")
        return self

    def write(self, path: str, document: object) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(yaml.safe_dump(document))

    def release(self, name: str, **models: Mapping[str, object]) -> None:
        folder = self.folder / "releases" / name
        folder.mkdir(parents=True)
        for stem, model in models.items():
            (folder / f"{stem}.json").write_text(json.dumps(model))
        (self.folder / "current").unlink(missing_ok=True)
        (self.folder / "current").symlink_to(folder)

    @contextmanager
    def served(self) -> Iterator[double.Grafana]:
        environ = {
            "GF_PATHS_DATA": str(self.folder / "data"),
            "GF_PATHS_PROVISIONING": str(self.folder / "provisioning"),
            "GF_SECURITY_ADMIN_PASSWORD": f"$__file{{{self.folder / 'password'}}}",
            "DASHBOARDS": str(self.folder / "current"),
        }
        with double.Grafana({"server": {"http_port": "0"}}, environ) as grafana:
            yield grafana
        assert grafana.unmatched == []


def client(server: double.Grafana, password: str = PASSWORD) -> Grafana:
    return Grafana(Session(server.url, auth=("admin", password)))


def model(uid: str, title: str = "", **more: object) -> dict[str, Any]:
    return {"uid": uid, "title": title or uid.upper(), "panels": [], "schemaVersion": 42, **more}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path).prepared()


def test_health_asks_for_no_login(site: Site) -> None:
    with site.served() as server:
        assert Grafana(Session(server.url)).health() == {
            "database": "ok",
            "version": "13.2.1",
            "commit": "double",
        }
        with pytest.raises(Refused):
            Grafana(Session(server.url)).check_login()


def test_a_refused_login_is_told_at_once_and_is_no_error_that_a_poller_would_wait_on(site: Site) -> None:
    with site.served() as server:
        client(server).check_login()
        for ask in (
            client(server, "wrong").check_login,
            client(server, "wrong").dashboards,
            client(server, "wrong").reload_provisioning,
            lambda: client(server, "wrong").query("up"),
        ):
            with pytest.raises(Refused, match="login") as refused:
                ask()
            assert not isinstance(refused.value, HttpFailed)
            assert PASSWORD not in str(refused.value)
        # One wrong password each, four of the five that are allowed: the right one still works.
        client(server).check_login()


def test_after_five_wrong_passwords_the_right_one_is_refused_too(site: Site) -> None:
    with site.served() as server:
        for _ in range(5):
            with pytest.raises(Refused):
                client(server, "wrong").check_login()
        with pytest.raises(Refused):
            client(server).check_login()


def test_every_page_of_the_list_is_asked_for(site: Site) -> None:
    site.release("many", **{f"d{n}": model(f"d{n}") for n in range(6)})
    with site.served() as server:
        expected = tuple(Listed(f"d{n}", f"D{n}", "monitoring") for n in range(6))
        assert client(server).dashboards() == expected
        assert client(server).dashboards(page=4) == expected
        assert client(server).dashboards(page=3) == expected
        with pytest.raises(HttpFailed) as failed:
            client(server).dashboards(page=6000)
        assert failed.value.status == 422


def test_what_was_provisioned_is_what_is_live(site: Site) -> None:
    site.release("shipped", overview=overview(), fleet=fleet())
    with site.served() as server:
        for name, rendered in (("overview", overview()), ("fleet", fleet())):
            live = client(server).dashboard(str(rendered["uid"]))
            assert live.model["version"] == 1
            assert live.file == f"{name}.json"
            assert differences(rendered, live.model) == []
        with pytest.raises(HttpFailed) as failed:
            client(server).dashboard("nope")
        assert failed.value.status == 404


def test_an_edit_shows_as_a_difference_until_the_file_comes_back(tmp_path: Path) -> None:
    site = Site(tmp_path, editable=True).prepared()
    site.release("shipped", overview=overview())
    with site.served() as server:
        grafana = client(server)
        edited = json.loads(json.dumps(grafana.dashboard("overview").model))
        edited["panels"][1]["targets"][0]["expr"] = "vector(7)"
        grafana.session.post("/api/dashboards/db", {"dashboard": edited, "folderUid": "monitoring"})
        (line,) = differences(overview(), grafana.dashboard("overview").model)
        assert line.startswith("panels.Targets down.targets.A.expr: 'count(up")
        assert line.endswith("is live as 'vector(7)'")
        grafana.reload_provisioning()
        live = grafana.dashboard("overview")
        assert differences(overview(), live.model) == []
        assert live.version == 3


def test_a_release_behind_the_link_takes_over_and_its_dashboards_are_made_anew(site: Site) -> None:
    site.release("before", kept=model("kept"), dropped=model("dropped"))
    with site.served() as server:
        grafana = client(server)
        before = grafana.dashboard("kept").model["id"]
        site.release("after", kept=model("kept", "Kept, renamed"), new=model("new"))
        grafana.reload_provisioning()
        assert [found.uid for found in grafana.dashboards()] == ["kept", "new"]
        # Grafana resolves the link: what it knew lies under another path, and is gone with its history.
        assert grafana.dashboard("kept").model["id"] != before
        assert grafana.dashboard("kept").version == 1


def test_files_that_are_skipped_without_a_word_are_seen_by_comparing(site: Site) -> None:
    site.release("broken", good=model("good"))
    (site.folder / "current" / "bad.json").write_text("{")
    (site.folder / "current" / "bom.json").write_text("\ufeff" + json.dumps(model("bom")))
    with site.served() as server:
        client(server).reload_provisioning()
        assert [found.uid for found in client(server).dashboards()] == ["good"]
        assert sum("failed to load dashboard from" in line for line in server.log) == 4


@pytest.mark.parametrize("second", [model("one", "Other"), model("two", "One")], ids=["uid", "title"])
def test_a_second_uid_or_title_stops_every_later_change_of_its_folder(
    site: Site, second: dict[str, Any]
) -> None:
    site.release("doubled", first=model("one", "One"), second=second, third=model("three"))
    with site.served() as server:
        grafana = client(server)
        (site.folder / "current" / "third.json").write_text(json.dumps(model("three", "Changed")))
        grafana.reload_provisioning()
        assert grafana.dashboard("three").model["title"] == "THREE"
        (site.folder / "current" / "second.json").unlink()
        grafana.reload_provisioning()
        assert grafana.dashboard("three").model["title"] == "Changed"


def test_a_query_goes_through_the_data_source_to_prometheus(tmp_path: Path, httpserver: HTTPServer) -> None:
    series = [
        {"metric": {"__name__": "up", "job": "node"}, "value": [1.5, "1"]},
        {"metric": {"job": "gone"}, "value": [1.5, "NaN"]},
    ]
    found = {"status": "success", "data": {"resultType": "vector", "result": series}}
    httpserver.expect_oneshot_request("/api/v1/query", method="POST").respond_with_json(found)
    refused = {"status": "error", "errorType": "bad_data", "error": "1:1: parse error"}
    httpserver.expect_oneshot_request("/api/v1/query").respond_with_json(refused, status=400)
    site = Site(tmp_path, prometheus=httpserver.url_for("").rstrip("/")).prepared()
    with site.served() as server:
        grafana = client(server)
        assert grafana.query("up") == (
            Sample({"__name__": "up", "job": "node"}, 1.0),
            Sample({"job": "gone"}, None),
        )
        with pytest.raises(HttpFailed, match="parse error") as failed:
            grafana.query("sum(")
        assert failed.value.status == 400
        with pytest.raises(HttpFailed) as failed:
            grafana.query("up", source="nope")
        assert failed.value.status == 404


def test_a_data_source_whose_server_is_gone_is_an_error_not_an_empty_answer(site: Site) -> None:
    with site.served() as server, pytest.raises(HttpFailed, match="downstreamError") as failed:
        client(server).query("up")
    assert failed.value.status == 500


def test_a_query_that_failed_inside_a_good_answer_is_an_error(httpserver: HTTPServer) -> None:
    answer = {"results": {"A": {"status": 400, "error": "no such function"}}}
    httpserver.expect_request("/api/ds/query").respond_with_json(answer, status=207)
    with pytest.raises(HttpFailed, match="no such function"):
        Grafana(Session(httpserver.url_for("").rstrip("/"))).query("nope()")


def test_a_reload_that_finds_two_default_data_sources_is_refused(site: Site) -> None:
    with site.served() as server:
        second = {"name": "Other", "uid": "other", "url": "http://127.0.0.1:1", "isDefault": True}
        site.write("provisioning/datasources/b.yaml", {"datasources": [second]})
        with pytest.raises(HttpFailed, match="Only one datasource"):
            client(server).reload_provisioning()


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


def test_the_double_answers_nothing_that_it_does_not_know(site: Site) -> None:
    with site.served() as server:
        assert client(server).session.request("GET", "/api/alerts").status_code == 501
        assert server.unmatched == ["GET /api/alerts"]
        server.unmatched.clear()
    assert (site.folder / "data" / "unmatched.log").read_text() == "GET /api/alerts\n"


LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)
MODELS = st.dictionaries(st.text(min_size=1, max_size=8), VALUES, max_size=4)


@given(MODELS, st.integers(), st.integers())
def test_a_model_differs_in_nothing_from_itself_as_a_server_gives_it_back(
    model: dict[str, Any], number: int, version: int
) -> None:
    assert differences(model, {**model, "id": number, "version": version}) == []


@given(MODELS, LEAVES.filter(lambda value: value is not None))
def test_one_field_more_is_one_line_on_either_side(model: dict[str, Any], value: object) -> None:
    longer = {**model, "a field of its own": value}
    assert differences(model, longer) == [f"a field of its own: nothing is live as {value!r}"]
    assert differences(longer, model) == [f"a field of its own: {value!r} is live as nothing"]


@pytest.mark.parametrize(
    ("ours", "theirs", "lines"),
    [
        ({"a": 1}, {"a": True}, ["a: 1 is live as True"]),
        ({"a": {"b": None}}, {"a": {}}, []),
        ({"steps": [1, 2]}, {"steps": [1]}, ["steps.1: 2 is live as nothing"]),
        (
            {"panels": [{"title": "A", "w": 1}, {"title": "B", "w": 2}]},
            {"panels": [{"title": "New"}, {"title": "A", "w": 1}, {"title": "B", "w": 3}]},
            ["panels.B.w: 2 is live as 3", "panels.New: nothing is live as {'title': 'New'}"],
        ),
        (
            {"panels": [{"title": "A", "w": 1}]},
            {"panels": [{"title": "A", "w": 1}, {"title": "A", "w": 2}]},
            ["panels.1: nothing is live as {'title': 'A', 'w': 2}"],
        ),
    ],
    ids=["type", "nothing", "place", "name", "one name twice"],
)
def test_differences_name_the_place_and_both_values(
    ours: dict[str, Any], theirs: dict[str, Any], lines: list[str]
) -> None:
    assert differences(ours, theirs) == lines
