"""What a real Caddy with our configuration lets through, from outside."""

from __future__ import annotations

import base64
import socket
import ssl
from typing import TYPE_CHECKING

import pytest

from stack.clients.http import Session
from tests.caddy import PASSWORD, TOKENS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.caddy import House

pytestmark = pytest.mark.integration

ANNA = {"Authorization": "Basic " + base64.b64encode(f"anna:{PASSWORD}".encode()).decode()}
DEPLOY = {"X-Monitoring-Token": TOKENS["deploy_token"]}

PATHS = [
    "/prometheus/",
    "/prometheus/api/v1/query?query=up",
    "/prometheus/metrics",
    "/prometheus/-/reload",
    "/alertmanager/",
    "/alertmanager/api/v2/silences",
    "/pushgateway/metrics/job/a",
    "/-/door/prometheus/-/quit",
    "/-/door/grafana/api/health",
    "/grafana/metrics",
    "/grafana/api/health",
    "/nowhere",
    "/load",
    "/metrics",
    "/-/reload",
    "/config/",
]

TRICKS = [
    "//prometheus/-/reload",
    "/prometheus//-/reload",
    "/prometheus/x/../-/reload",
    "/prometheus/x/%2e%2e/-/reload",
    "/prometheus/x/.%2E/-/reload",
    "/prometheus/api/v1/query/../admin/tsdb/snapshot",
    "/prometheus/api/v1/query/%2e%2e/admin/tsdb/snapshot",
    "/prometheus/%2d/reload",
    "/prometheus/-%2freload",
    "/prometheus%2f-%2freload",
    "/prometheus/-/reload;x",
    "/prometheus;x/-/reload",
    "/PROMETHEUS/-/reload",
    "/Prometheus/API/v1/ADMIN/tsdb/snapshot",
    "/%70rometheus/-/reload",
    "/prometheus/-/reload/",
    "/prometheus/-/RELOAD",
    "/-/DOOR/prometheus/-/reload",
    "/-/door/../prometheus/-/reload",
    "/grafana/../prometheus/-/reload",
    "/grafana/../-/door/prometheus/-/reload",
    "/grafana/%2e%2e/-/door/prometheus/-/reload",
    "/grafana/..%2f-/door/prometheus/-/reload",
    "/prometheus/-/reload%00",
    "/prometheus/-/reload%20",
    "/prometheus\\-\\reload",
]

PRIVATE = [
    "/grafana/metrics",
    "/grafana//metrics",
    "/grafana/%6Detrics",
    "/grafana/x/../metrics",
    "/grafana/x/%2e%2e/metrics",
    "/GRAFANA/METRICS",
    "/grafana/metrics/",
    "/grafana%2fmetrics",
    "/grafana/./metrics",
    "/grafana/api/health",
    "/grafana/api//health",
    "/grafana/api/x/../health",
    "/grafana/api%2fhealth",
    "/grafana/healthz",
]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", PATHS)
def test_without_credentials_every_path_is_401(house: House, path: str, method: str) -> None:
    answer = house.ask(path, method)

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("path", TRICKS)
def test_no_spelling_of_a_path_gets_a_user_to_what_is_for_deploys(house: House, path: str) -> None:
    for headers in ({}, ANNA):
        answer = house.ask(path, "POST", headers)
        if answer.status == 200:
            seen = house.seen(path, method="POST", headers=headers)
            assert seen["server"] == house.stack.port("grafana"), "that is Grafana's own business"
            continue
        assert answer.status in ({400, 403, 404} if headers else {400, 401})


@pytest.mark.parametrize("path", PRIVATE)
def test_what_grafana_tells_without_a_login_is_for_nobody(house: House, path: str) -> None:
    assert house.ask(path).status in {400, 401, 404}
    assert house.ask(path, headers=ANNA).status in {400, 403, 404}


def test_a_user_sees_prometheus_without_the_prefix_and_his_password_goes_no_further(house: House) -> None:
    seen = house.seen("/prometheus/api/v1/query?query=a%2Fb", headers=ANNA)

    assert (seen["server"], seen["path"]) == (house.stack.port("prometheus"), "/api/v1/query?query=a%2Fb")
    assert "authorization" not in seen["headers"]


def test_a_body_arrives_whole(house: House) -> None:
    token = {"Authorization": f"Bearer {TOKENS['token_job']}"}
    seen = house.seen("/pushgateway/metrics/job/a", method="PUT", headers=token, body="x 1\n" * 2_000_000)

    assert len(seen["body"]) == 8_000_000
    assert (seen["path"], seen["method"]) == ("/metrics/job/a", "PUT")
    assert "authorization" not in seen["headers"]


def test_a_program_comes_in_by_its_token_and_only_where_its_scope_leads(house: House) -> None:
    token = {"Authorization": f"Bearer {TOKENS['token_ci']}"}

    assert house.seen("/prometheus/api/v1/query", headers=token)["path"] == "/api/v1/query"
    assert house.ask("/prometheus/-/reload", "POST", token).status == 403
    assert house.ask("/pushgateway/metrics/job/a", "PUT", token).status == 403


def test_a_deploy_reaches_every_service_by_its_door_and_with_the_login_behind_it(house: House) -> None:
    said = house.door("prometheus").request("POST", "/-/reload").json()
    assert (said["server"], said["path"]) == (house.stack.port("prometheus"), "/-/reload")
    assert "x-monitoring-token" not in said["headers"]

    inside = house.door("grafana", auth=("admin", "secret")).get("/api/health").json()
    assert inside["headers"]["authorization"].startswith("Basic ")
    assert "x-monitoring-token" not in inside["headers"]
    assert house.door("proxy").get("/-/ready").text == "here\n"
    assert "monitoring_gate_requests_total" in house.door("gate").get("/metrics").text
    assert house.ask("/prometheus/-/reload", "POST", DEPLOY).status == 200
    bearer = {"Authorization": f"Bearer {TOKENS['deploy_token']}"}
    assert "authorization" not in house.seen("/-/door/prometheus/x", headers=bearer)["headers"]


def test_the_beginning_leads_to_grafana_and_to_its_own_login(house: House) -> None:
    assert house.ask("/").headers["Location"] == "/grafana/"
    assert house.ask("/grafana").headers["Location"] == "/grafana/"
    seen = house.seen(
        "/grafana/d/abc?x=1", headers={"X-Monitoring-Token": "x", "Authorization": "Bearer glsa_x"}
    )
    assert seen["path"] == "/d/abc?x=1"
    assert seen["headers"]["authorization"] == "Bearer glsa_x", "a token of Grafana's own"
    assert "x-monitoring-token" not in seen["headers"]


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_no_password_is_tried_at_grafana_with_a_request(house: House, scheme: str) -> None:
    seen = house.seen("/grafana/api/user", headers={"Authorization": f"{scheme} YWRtaW46YWRtaW4="})

    assert "authorization" not in seen["headers"]


def test_a_websocket_passes(house: House) -> None:
    context = ssl.create_default_context(cafile=str(house.authority))
    address = ("localhost", house.stack.port("proxy"))
    with (
        socket.create_connection(address, 5) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as line,
    ):
        line.sendall(
            b"GET /grafana/api/live/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
            b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        said = line.recv(4096)
        line.sendall(b"ping")
        while b"PING" not in said:
            more = line.recv(4096)
            assert more, said
            said += more

    assert said.startswith(b"HTTP/1.1 101")
    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in said


def test_what_a_client_says_of_its_address_is_not_believed(house: House) -> None:
    made_up = {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Uri": "/x", "X-Forwarded-Method": "GET"}

    assert house.ask("/prometheus/-/reload", "POST", {**ANNA, **made_up}).status == 403
    assert house.seen("/grafana/", headers=made_up)["headers"]["x-forwarded-for"] == "127.0.0.1"


def test_an_answer_carries_the_headers_of_a_careful_server(house: House) -> None:
    for answer in (house.ask("/grafana/"), house.ask("/prometheus/")):
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers.get_all("X-Frame-Options") == ["DENY"]
        assert headers["Referrer-Policy"] == "same-origin"
        assert not {"Server", "Via", "Strict-Transport-Security"} & set(headers), "localhost is not pinned"


def test_another_name_is_answered_by_nobody(house: House) -> None:
    assert house.ask("/grafana/", host="evil.example").status == 421
    assert house.ask("/prometheus/", host="evil.example", headers=ANNA).status == 421


def test_without_the_gate_nobody_comes_in_and_no_secret_is_logged(bare: Callable[..., House]) -> None:
    house = bare()
    house.start()

    for path in ("/prometheus/", "/-/door/prometheus/-/ready", "/grafana/metrics"):
        assert house.ask(path, headers={**ANNA, **DEPLOY}).status == 502
    assert "502" in house.log
    assert TOKENS["deploy_token"] not in house.log
    assert ANNA["Authorization"].split()[1] not in house.log


def test_a_reload_takes_the_file_that_is_there_and_refuses_a_broken_one(bare: Callable[..., House]) -> None:
    house = bare().start()
    pages, file = house.stack.pages("proxy"), house.root / "current" / "proxy" / "caddy.json"
    session, right = Session(f"http://{pages}"), file.read_text()
    file.write_text(right.replace("here\\n", "anew\\n"))
    assert session.request("POST", "/-/reload", data=b'{"apps": {}}').status_code == 200
    assert session.get("/-/ready").text == "anew\n", "the file counts, not what a request says"

    file.write_text(right.replace("static_response", "nonsense"))
    answer = session.request("POST", "/-/reload")
    assert (answer.status_code, "unknown module" in answer.text) == (400, True)
    assert session.get("/-/ready").text == "anew\n"
    assert session.request("GET", "/-/reload").status_code == 404
