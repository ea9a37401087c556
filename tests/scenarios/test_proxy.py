"""A stack with a proxy: people, programs and deploys come in by it, and nothing else listens outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bcrypt
import psutil
import pytest

from stack.clients.http import Session
from stack.services.proxy import AUTHORITY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab import Lab

pytestmark = pytest.mark.integration

PASSWORD = "open sesame"


@pytest.fixture
def guarded(lab: Lab, tmp_path: Path) -> Lab:
    """Deploy a stack with a proxy, one user and one program, that looks at itself from outside."""
    (tmp_path / "hash").write_bytes(bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)))
    lab.environment(
        audit=True,
        services={"proxy": True},
        proxy={"users": ["anna"], "tokens": {"ci": {"scope": "read"}}},
        secrets={"user_anna_hash": f"file:{tmp_path}/hash"},
    )
    lab.invoke("deploy").ok()
    return lab


def outside(lab: Lab, path: str = "", secret: str = "", user: str = "") -> Session:
    token = (lab.root / "secrets" / secret).read_text() if secret else ""
    authority = str(lab.root / "data" / "proxy" / AUTHORITY)
    auth = (user, PASSWORD) if user else None
    return Session(f"https://localhost:{lab.ports['proxy']}{path}", verify=authority, token=token, auth=auth)


def test_a_deploy_s_door_leads_to_every_service_and_links_lead_through_the_proxy(guarded: Lab) -> None:
    for service in ("prometheus", "alertmanager", "node", "gate", "proxy", "sink"):
        door = outside(guarded, f"/-/door/{service}", secret="deploy_token")
        assert door.get("/metrics").ok
        assert (
            outside(guarded, f"/-/door/{service}", user="anna").request("GET", "/metrics").status_code == 403
        )
    assert outside(guarded, "/-/door/prometheus", secret="deploy_token").post("/-/reload").ok

    flags = outside(guarded, "/prometheus", secret="token_ci").json("/api/v1/status/flags")["data"]
    assert flags["web.external-url"] == f"https://localhost:{guarded.ports['proxy']}/prometheus/"
    assert outside(guarded, "/alertmanager", user="anna").json("/api/v2/status")["config"]


def test_nothing_of_a_stack_listens_but_on_loopback(guarded: Lab) -> None:
    mine = {process.pid for process in guarded.processes()}
    every = psutil.net_connections("inet")
    listening = [link.laddr for link in every if link.pid in mine and link.laddr and not link.raddr]

    assert {address.ip for address in listening} <= {"127.0.0.1", "::1"}, listening
    assert {address.port for address in listening} >= {
        guarded.ports[name] for name in ("prometheus", "alertmanager", "node", "gate", "proxy", "sink_smtp")
    }


def test_an_audit_passes_and_finds_what_is_opened_later(guarded: Lab) -> None:
    assert guarded.invoke("security.audit").ok().last.endswith("audits found nothing that must be mended")
    file = guarded.root / "current" / "proxy" / "caddy.json"
    file.write_text(file.read_text().replace('"DENY"', '"ALLOWALL"'))
    Session(f"http://127.0.0.1:{guarded.ports['proxy_pages']}").post("/-/reload")

    said = guarded.invoke("security.audit", "--json")
    assert said.code == 1
    assert "X-Frame-Options is 'ALLOWALL'" in said.out


def test_a_new_user_comes_in_after_a_deploy_without_a_restart(guarded: Lab, tmp_path: Path) -> None:
    before = {name: guarded.pid(name) for name in ("gate", "proxy", "prometheus")}
    guarded.environment(
        services={"proxy": True},
        proxy={"users": ["anna", "bert"], "tokens": {"ci": {"scope": "read"}}},
        secrets=dict.fromkeys(("user_anna_hash", "user_bert_hash"), f"file:{tmp_path}/hash"),
    )
    assert outside(guarded, "/prometheus", user="bert").request("GET", "/-/healthy").status_code == 401
    guarded.invoke("deploy").ok()

    assert outside(guarded, "/prometheus", user="bert").get("/-/healthy").ok
    assert {name: guarded.pid(name) for name in before} == before
