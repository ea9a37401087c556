"""What a Grafana makes of its files, as the client sees it: provisioned, edited, skipped, refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dashboards.command_center import dashboard as fleet
from dashboards.overview import dashboard as overview
from stack.clients.grafana import differences
from stack.errors import HttpFailed
from stack.load import load
from tests.doubles.grafana_site import Site, client, model

if TYPE_CHECKING:
    from pathlib import Path

VALUES = load("prod").environment.values


VERSIONS = ("9.4.0", "13.2.1")
"""One with `/api` alone, and one with `/apis`."""


@pytest.fixture(params=VERSIONS)
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Site:
    return Site(tmp_path, version=request.param).prepared()


def test_what_was_provisioned_is_what_is_live(site: Site) -> None:
    site.release("shipped", overview=overview(VALUES), fleet=fleet(VALUES))
    with site.served() as server:
        for name, rendered in (("overview", overview(VALUES)), ("fleet", fleet(VALUES))):
            live = client(server).dashboard(str(rendered["uid"]))
            assert live.version == 1
            assert live.file == f"{name}.json"
            assert differences(rendered, live.model) == []
        with pytest.raises(HttpFailed) as failed:
            client(server).dashboard("nope")
        assert failed.value.status == 404


@pytest.mark.parametrize("version", VERSIONS)
def test_an_edit_shows_as_a_difference_until_the_file_comes_back(tmp_path: Path, version: str) -> None:
    site = Site(tmp_path, editable=True, version=version).prepared()
    site.release("shipped", overview=overview(VALUES))
    with site.served() as server:
        grafana = client(server)
        seen = grafana.dashboard("overview")
        edited = json.loads(json.dumps(seen.model))
        edited["panels"][1]["targets"][0]["expr"] = "vector(7)"
        grafana.save(edited, folder=seen.folder, mark=seen.mark)
        (line,) = map(str, differences(overview(VALUES), grafana.dashboard("overview").model))
        assert line.startswith("panels.Alerts firing.targets.A.expr: 'count by")
        assert line.endswith("is live as 'vector(7)'")
        grafana.reload_provisioning()
        live = grafana.dashboard("overview")
        assert differences(overview(VALUES), live.model) == []
        assert live.version == 3


def test_a_release_behind_the_link_takes_over_and_its_dashboards_are_made_anew(site: Site) -> None:
    site.release("before", kept=model("kept"), dropped=model("dropped"))
    with site.served() as server:
        grafana = client(server)
        assert [save.version for save in grafana.saves("kept")] == [1]
        grafana.reload_provisioning()
        assert grafana.dashboard("kept").version == 1
        site.release("after", kept=model("kept", "Kept, renamed"), new=model("new"))
        grafana.reload_provisioning()
        assert [found.uid for found in grafana.dashboards()] == ["kept", "new"]
        # Grafana resolves the link: what it knew lies under another path, and is gone with its history.
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


def test_a_reload_that_finds_two_default_data_sources_is_refused(site: Site) -> None:
    with site.served() as server:
        second = {"name": "Other", "uid": "other", "url": "http://127.0.0.1:1", "isDefault": True}
        site.write("provisioning/datasources/b.yaml", {"datasources": [second]})
        with pytest.raises(HttpFailed, match="Only one datasource"):
            client(server).reload_provisioning()
