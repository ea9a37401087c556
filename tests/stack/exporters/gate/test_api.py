"""The gate as the proxy asks it."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from stack.exporters.gate.guests import OF_A_USER, OF_AN_ADDRESS
from stack.exporters.gate.metrics import OUTCOMES
from tests.stack.exporters.gate.conftest import PASSWORD, TOKENS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import requests

    from stack.clients.http import Session
    from stack.exporters.gate.api import Gate


@pytest.fixture
def door(gate: Gate, serve: Callable[..., Session]) -> Session:
    return serve(gate.routes, gate.counts)


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def bearer(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKENS[name]}"}


def ask(
    door: Session,
    headers: dict[str, str] | None = None,
    uri: str = "/prometheus/api/v1/query",
    method: str = "GET",
    address: str = "10.0.0.1",
) -> requests.Response:
    told = {"X-Forwarded-For": address, "X-Forwarded-Uri": uri, "X-Forwarded-Method": method}
    return door.request("GET", "/check", headers={**told, **(headers or {})})


def counted(door: Session) -> dict[str, float]:
    page = door.get("/metrics").text
    return {outcome: float(page.split(f'outcome="{outcome}"}} ')[1].split("\n")[0]) for outcome in OUTCOMES}


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        basic("anna", "wrong"),
        basic("bert", PASSWORD),
        basic("", ""),
        {"Authorization": "Basic !!"},
        {"Authorization": "Basic YW5uYQ=="},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer "},
        {"Authorization": "Digest x"},
        {"X-Monitoring-Token": "nonsense"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "uri", ["/prometheus/query", "/nowhere", "/-/door/prometheus/-/quit", "//", "/%2e%2e/"]
)
def test_without_the_right_credentials_every_path_is_401(
    door: Session, credentials: dict[str, str], uri: str
) -> None:
    answer = ask(door, credentials, uri)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_a_user_comes_in_and_pays_for_bcrypt_only_once(
    door: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    import bcrypt

    asked: list[bytes] = []
    real = bcrypt.checkpw

    def count(password: bytes, hashed: bytes) -> bool:
        asked.append(hashed)
        return real(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", count)

    assert [ask(door, basic("anna", PASSWORD)).status_code for _ in range(5)] == [200] * 5
    assert len(asked) == 1


def test_an_unknown_user_costs_one_comparison_too(door: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    import bcrypt

    asked: list[bytes] = []
    monkeypatch.setattr(bcrypt, "checkpw", lambda password, hashed: asked.append(hashed[:7]))
    ask(door, basic("bert", "x"))

    assert asked == [b"$2b$10$"]


@pytest.mark.parametrize(
    ("name", "uri", "method", "status"),
    [
        ("read", "/prometheus/api/v1/query", "GET", 200),
        ("read", "/prometheus/-/reload", "POST", 403),
        ("read", "/pushgateway/metrics/job/a", "PUT", 403),
        ("push", "/pushgateway/metrics/job/a", "PUT", 200),
        ("push", "/prometheus/api/v1/query", "GET", 403),
        ("silence", "/alertmanager/api/v2/silences", "POST", 200),
        ("silence", "/prometheus/api/v1/query", "GET", 403),
        ("deploy", "/prometheus/-/reload", "POST", 200),
        ("deploy", "/-/door/grafana/api/health", "GET", 200),
        ("read", "/-/door/grafana/api/health", "GET", 403),
        ("read", "/prometheus/../x", "GET", 400),
        ("read", "/nowhere", "GET", 404),
    ],
)
def test_a_token_opens_what_its_scope_says(
    door: Session, name: str, uri: str, method: str, status: int
) -> None:
    assert ask(door, bearer(name), uri, method).status_code == status
    assert ask(door, {"X-Monitoring-Token": TOKENS[name]}, uri, method).status_code == status


def test_another_site_cannot_let_a_browser_silence_an_alert(door: Session) -> None:
    uri = "/alertmanager/api/v2/silences"
    sent = {
        site: {**basic("anna", PASSWORD), "Sec-Fetch-Site": site} for site in ("cross-site", "same-origin")
    }

    assert ask(door, sent["cross-site"], uri, "POST").status_code == 403
    assert ask(door, sent["same-origin"], uri, "POST").status_code == 200
    assert ask(door, sent["cross-site"], "/alertmanager/", "GET").status_code == 200


def test_who_guesses_from_one_address_is_slowed_down_and_nobody_else_is(door: Session) -> None:
    assert ask(door, basic("anna", PASSWORD)).status_code == 200
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: ask(door, basic("anna", f"guess {n}")), range(30)))

    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(401), statuses.count(429)) == (OF_AN_ADDRESS, 30 - OF_AN_ADDRESS)
    assert 0 < int(next(a for a in answers if a.status_code == 429).headers["Retry-After"]) <= 300
    assert ask(door, basic("anna", PASSWORD)).status_code == 200, "who was in stays in"
    assert ask(door, bearer("deploy")).status_code == 200, "a deploy goes on"
    assert ask(door, basic("bert", "x"), address="10.0.0.2").status_code == 401
    assert ask(door, {"Authorization": "Bearer guess"}).status_code == 429
    assert counted(door)["limited"] == 21


def test_who_guesses_one_user_from_many_addresses_is_slowed_down(door: Session) -> None:
    statuses = [
        ask(door, basic("anna", "guess"), address=f"10.1.0.{n}").status_code for n in range(OF_A_USER + 5)
    ]

    assert statuses == [401] * OF_A_USER + [429] * 5


def test_an_address_that_a_client_makes_up_does_not_count(door: Session) -> None:
    statuses = [
        ask(door, basic("anna", "guess"), address=f"{n}.0.0.1, 10.0.0.9").status_code for n in range(12)
    ]

    assert statuses == [401] * 10 + [429] * 2


def test_logins_at_grafana_have_a_limit_of_their_own(door: Session) -> None:
    tries = [door.request("GET", "/login", headers={"X-Forwarded-For": "10.0.0.1"}) for _ in range(22)]

    assert [answer.status_code for answer in tries] == [200] * 20 + [429] * 2
    assert "Retry-After" in tries[-1].headers


def test_a_rotated_secret_counts_after_a_reload_and_a_broken_one_changes_nothing(
    door: Session, house: Path
) -> None:
    (house / "secrets" / "read").write_text("another-token-of-enough-length")
    assert ask(door, bearer("read")).status_code == 200
    assert door.request("POST", "/-/reload").status_code == 200
    assert ask(door, bearer("read")).status_code == 401

    (house / "secrets" / "push").write_text("short")
    answer = door.request("POST", "/-/reload")
    assert (answer.status_code, "the old configuration stays" in answer.text) == (500, True)
    assert ask(door, bearer("push"), "/pushgateway/metrics/job/a", "PUT").status_code == 200


def test_every_answer_is_counted_from_the_start(door: Session) -> None:
    assert set(counted(door).values()) == {0.0}
    ask(door)
    ask(door, bearer("read"))
    ask(door, bearer("read"), "/-/door/a/b")
    ask(door, bearer("read"), "/x/../y")
    ask(door, bearer("read"), "/nowhere")

    assert counted(door) == {
        "allowed": 1.0,
        "forbidden": 1.0,
        "limited": 0.0,
        "malformed": 1.0,
        "stranger": 1.0,
        "unknown": 1.0,
    }
