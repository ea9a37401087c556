"""What is saved to a Grafana, by whom, and what it refuses: the same over `/api` and over `/apis`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from stack.errors import HttpFailed
from tests.doubles.grafana_site import Site, client, model

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=["9.4.0", "11.2.0", "13.2.1"])
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Site:
    return Site(tmp_path, version=request.param, editable=True).prepared()


def status(failed: pytest.ExceptionInfo[HttpFailed]) -> int | None:
    return failed.value.status


def test_a_folder_is_made_once_and_goes_with_all_that_is_in_it(site: Site) -> None:
    with site.served() as server:
        grafana = client(server)
        grafana.create_folder("own", "Own")
        assert grafana.folders()["own"] == "Own"
        with pytest.raises(HttpFailed) as failed:
            grafana.create_folder("own", "Own")
        assert status(failed) in {409, 412}
        grafana.save(model("inner"), folder="own", mark="")
        assert [live.uid for live in grafana.inside("own")] == ["inner"]
        grafana.delete_folder("own")
        assert grafana.dashboards() == ()
        with pytest.raises(HttpFailed) as failed:
            grafana.delete_folder("own")
        assert status(failed) == 404


def test_a_save_on_top_of_another_version_is_refused_unless_it_is_to_win(site: Site) -> None:
    with site.served() as server:
        grafana = client(server)
        grafana.save(model("own"), message="the first")
        seen = grafana.dashboard("own")
        grafana.save(model("own", "Mine"), message="mine", mark=seen.mark)
        with pytest.raises(HttpFailed) as failed:
            grafana.save(model("own", "Yours"), mark=seen.mark)
        assert status(failed) in {409, 412}
        with pytest.raises(HttpFailed) as failed:
            grafana.save(model("own", "New"))
        assert status(failed) in {409, 412}
        assert grafana.dashboard("own").title == "Mine"
        grafana.save(model("own", "Yours"), message="yours", mark="")
        assert grafana.dashboard("own").title == "Yours"
        told = [(save.version, save.by.removeprefix("user:"), save.message) for save in grafana.saves("own")]
        assert told == [(3, "admin", "yours"), (2, "admin", "mine"), (1, "admin", "the first")]
        assert [save.version for save in grafana.saves("own", most=2)] == [3, 2]
        grafana.delete("own")
        with pytest.raises(HttpFailed) as failed:
            grafana.saves("own")
        assert status(failed) == 404


def test_what_comes_from_a_file_was_saved_by_nobody_and_cannot_be_deleted(site: Site) -> None:
    site.release("shipped", file=model("file"))
    with site.served() as server:
        grafana = client(server)
        (save,) = grafana.saves("file")
        assert (save.by, save.message) == ("", "")
        assert grafana.dashboard("file").file == "file.json"
        with pytest.raises(HttpFailed) as failed:
            grafana.delete("file")
        assert status(failed) in {400, 403}


def test_what_has_no_history_says_all_the_same_who_saved_it_last(site: Site) -> None:
    site.release("shipped", file=model("file"))
    with site.served() as server:
        grafana = client(server)
        seen = grafana.dashboard("file")
        grafana.save(seen.model, folder=seen.folder, mark=seen.mark)
        server.hides_history = True
        by = [save.by.removeprefix("user:") for save in grafana.saves("file")]
        assert by == (["admin"] if site.version.startswith("13") else ["admin", ""])


def test_many_saves_of_one_dashboard_at_once_lose_none_without_a_word(site: Site) -> None:
    with site.served() as server:
        grafana = client(server)
        grafana.save(model("own"))
        mark = grafana.dashboard("own").mark

        def save(number: int) -> int | None:
            try:
                client(server).save(model("own", f"T{number}"), mark=mark)
            except HttpFailed as failed:
                return failed.status
            return 200

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(save, range(8)))
        assert answers.count(200) == len(grafana.saves("own")) - 1 == 1
        assert set(answers) <= {200, 409, 412}


def test_a_server_that_fails_for_a_moment_is_asked_again_and_one_that_refuses_is_not(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stack.clients.http.PAUSES", (0.0, 0.0))
    site.release("shipped", file=model("file"))
    with site.served() as server:
        server.failures = [503, 502]
        assert client(server).dashboard("file").uid == "file"
        server.failures = [503] * 3
        with pytest.raises(HttpFailed) as failed:
            client(server).dashboard("file")
        assert status(failed) == 503
        server.failures = [500]
        with pytest.raises(HttpFailed):
            client(server).reload_provisioning()
