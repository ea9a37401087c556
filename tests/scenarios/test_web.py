"""Servers that speak TLS and ask for a password themselves: scraped, told and deployed to all the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import bcrypt
import pytest
import requests
import trustme

from stack.clients.http import Session
from stack.clients.promtool import Promtool
from tests.tools import tools

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab import Lab

pytestmark = pytest.mark.integration

SERVICES = ("alertmanager", "blackbox", "node", "prometheus", "pushgateway")
PASSWORD = "open sesame"


@pytest.fixture
def secrets(tmp_path: Path) -> dict[str, str]:
    """Write what a user has: a certificate of his own authority, a password, and the servers' file."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    files = {"cert_file": f"{tmp_path}/cert.pem", "key_file": f"{tmp_path}/key.pem"}
    document = {"tls_server_config": files, "basic_auth_users": {"monitoring": hashed}}
    (tmp_path / "web.yml").write_text(json.dumps(document))
    (tmp_path / "password").write_text(PASSWORD)
    names = {"web_config": "web.yml", "web_authority": "ca.pem", "web_password": "password"}
    return {name: f"file:{tmp_path / file}" for name, file in names.items()}


def test_what_asks_for_a_password_is_scraped_told_and_deployed_to(
    lab: Lab, tmp_path: Path, secrets: dict[str, str]
) -> None:
    promtool = tools("promtool")["promtool"]
    assert list(Promtool(promtool).check_web_config(tmp_path / "web.yml")) == []
    lab.environment(web={"services": list(SERVICES)}, secrets=secrets)
    lab.invoke("deploy").ok()  # its probes have seen targets that are up and an alert that was delivered

    for name in SERVICES:
        base = f"https://127.0.0.1:{lab.ports[name]}"
        stranger = Session(base, verify=str(tmp_path / "ca.pem"))
        assert stranger.request("GET", "/metrics").status_code == 401
        known = Session(base, verify=str(tmp_path / "ca.pem"), auth=("monitoring", PASSWORD))
        assert known.get("/metrics").ok
        assert requests.get(f"http://127.0.0.1:{lab.ports[name]}/metrics", timeout=5).status_code == 400
    prometheus = Session(
        f"https://127.0.0.1:{lab.ports['prometheus']}",
        verify=str(tmp_path / "ca.pem"),
        auth=("monitoring", PASSWORD),
    )
    up = prometheus.json("/api/v1/query", query="up == 0")["data"]["result"]
    assert up == []
    assert lab.invoke("status").ok()
    assert PASSWORD not in "".join(
        path.read_text() for path in (lab.root / "current").rglob("*") if path.is_file()
    )

    lab.environment(web={"services": list(SERVICES)}, secrets=secrets, evaluation_interval="2s")
    assert "reload" in lab.invoke("deploy").ok().out, "a reload asks with the password, too"
