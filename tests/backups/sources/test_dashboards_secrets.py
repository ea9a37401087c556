"""Secrets of Grafana's objects: never in a file, and filled in from the environment where it has them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from backups.grafana.secrets import agreed
from stack.clients.grafana.objects import contact_points, datasources
from stack.emit import to_json
from stack.errors import SecretUnreadable
from tests.backups.grafana_lab import Lab, filled, send
from tests.doubles.grafana.faults import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doubles import grafana as double

BASE = "/api/v1/provisioning"
SECRETS = {
    "grafana_source_mine_basicAuthPassword": "env:SOURCE_PASSWORD",
    "grafana_contact_chat_url": "env:CHAT_URL",
}
CHAT = {"uid": "chat", "name": "Chat", "type": "slack"}


@pytest.fixture
def values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_PASSWORD", "hush hush")
    monkeypatch.setenv("CHAT_URL", 'https://hooks.example.org/"secret"')


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """Capture one of everything, and give the folder of its lab."""
    lab = Lab(tmp_path)
    with lab.site("one").served() as server:
        filled(server)
        lab.captured(server)
    return tmp_path


def password(server: double.Grafana) -> Any:
    return server._state.database.shelf("sources")["mine"].get("secureJsonData")


def chat(server: double.Grafana) -> Any:
    return server._state.database.shelf("contact-points").get("chat", {}).get("settings")


def told(lab: Lab, server: double.Grafana) -> set[tuple[str, str]]:
    return {(step.kind, step.why) for step in lab.restored(server) if step.action == "cannot"}


@pytest.mark.usefixtures("values")
def test_secrets_come_from_the_environment(snapshot: Path) -> None:
    lab = Lab(snapshot, SECRETS)
    with lab.site("two").served() as server:
        assert told(lab, server) == set()
        assert password(server) == {"basicAuthPassword": "hush hush"}
        assert chat(server) == {"recipient": "#ops", "url": 'https://hooks.example.org/"secret"'}


def test_without_them_what_can_is_made_and_the_rest_is_told(snapshot: Path) -> None:
    lab = Lab(snapshot)
    with lab.site("two").served() as server:
        for _ in range(2):  # the second time it is there, and left
            whys = dict(told(lab, server))
            assert "no secret grafana_source_mine_basicAuthPassword" in whys["data source"]
            assert (
                "no secret grafana_contact_chat_url" in whys["contact point"]
                or "400" in whys["contact point"]
            )
            assert (password(server), chat(server)) == (None, None)
        assert "[REDACTED]" not in json.dumps(server._state.database.shelves)


def test_without_them_what_is_there_already_is_left(snapshot: Path) -> None:
    lab = Lab(snapshot)
    with lab.site("two").served() as server:
        settings = {"recipient": "#other", "url": "https://hooks.example.org/live"}
        send(server, "POST", f"{BASE}/contact-points", {**CHAT, "settings": settings})
        assert ("contact point", WHY) in told(lab, server)
        assert chat(server) == settings
        server.asked.clear()
        told(lab, server)
        assert not [request for request in server.asked if request.startswith(("PUT", "POST"))]


WHY = "left as it is: its url is secret: the environment has no secret grafana_contact_chat_url"


def test_a_plan_reads_no_secret_and_a_restore_reads_all_before_it_changes_anything(snapshot: Path) -> None:
    lab = Lab(snapshot, SECRETS)  # whose variables are not set
    with lab.site("two").served() as server:
        assert {step.action for step in lab.planned(server)} == {"create", "overwrite", "leave"}
        with pytest.raises(SecretUnreadable):
            lab.restored(server)
        assert not [request for request in server.asked if not request.startswith("GET")]


@pytest.mark.usefixtures("values")
def test_what_a_server_says_instead_of_a_secret_never_goes_back(snapshot: Path) -> None:
    lab, file = Lab(snapshot, SECRETS), snapshot / "snapshot" / "contact_points" / "chat.json"
    point = json.loads(file.read_text())
    point["settings"]["token"] = "[REDACTED]"
    file.write_bytes(to_json(point))
    with lab.site("two").served() as server:
        why = "the snapshot does not have the secret of its settings.token"
        assert told(lab, server) == {("contact point", why)}
        assert chat(server) is None


@pytest.mark.usefixtures("values")
def test_a_refusal_that_repeats_a_secret_is_told_without_it(snapshot: Path) -> None:
    lab = Lab(snapshot, SECRETS)
    with lab.site("two").served() as server:
        said = 'https://hooks.example.org/"secret" is no address'
        server.faults = [Fault(f"POST {BASE}/contact-points", 400, message=said, times=9)]
        whys = " ".join(why for _, why in told(lab, server))
        assert "*** is no address" in whys
        assert "hooks.example.org" not in whys


@pytest.mark.usefixtures("values")
def test_what_was_locked_is_locked_again_and_what_was_not_is_not(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    with lab.site("one").served() as server:
        for uid, locked in (("open", False), ("locked", True)):
            point = {"uid": uid, "name": uid, "type": "email", "settings": {"addresses": "a@example.org"}}
            send(server, "POST", f"{BASE}/contact-points", point, locked=locked)
        lab.captured(server)
    with lab.site("two").served() as server:
        lab.restored(server)
        points = server._state.database.shelf("contact-points")
        assert ("provenance" in points["open"], points["locked"]["provenance"]) == (False, "api")
        # One that is locked meanwhile takes no other provenance.
        point = {"uid": "open", "name": "open", "type": "email", "settings": {"addresses": "b@example.org"}}
        send(server, "PUT", f"{BASE}/contact-points/open", point, locked=True)
        assert told(lab, server) == set()
        assert points["open"]["settings"] == {"addresses": "a@example.org"}
        assert {step.action for step in lab.restored(server)} == {"leave"}


def test_the_agreed_name_is_one_that_a_secret_can_have() -> None:
    for uid in ("mine", "a.b/c", "P8E80F9AEF21F6940", "x" * 40):
        name = agreed(datasources.KIND, {"uid": uid}, "basicAuthPassword")
        assert re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_-]{0,39}", name), name
    long = [agreed(datasources.KIND, {"uid": "x" * 40}, field) for field in ("one", "other")]
    assert long[0] != long[1]
    nested = agreed(contact_points.KIND, {"uid": "c", "name": ""}, "http.oauth2.secret")
    assert nested == "grafana_contact_c_http_oauth2_secret"
