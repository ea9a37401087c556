"""What the client asks of a Grafana: health, a login, the list, a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.clients.grafana import Grafana, Listed, Sample
from stack.clients.http import Session
from stack.errors import HttpFailed, Refused
from tests.doubles.grafana_site import PASSWORD, Site, client, model

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer


@pytest.fixture(params=["9.4.0", "13.2.1"])
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Site:
    return Site(tmp_path, version=request.param).prepared()


def test_health_asks_for_no_login(site: Site) -> None:
    with site.served() as server:
        assert Grafana(Session(server.url)).health() == {
            "database": "ok",
            "version": site.version,
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
        if site.version.startswith("9"):
            with pytest.raises(HttpFailed) as failed:
                client(server).dashboards(page=6000)
            assert failed.value.status == 422


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
