"""Who belongs to teams, has tokens, and may do what: brought back as far as they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.backups.grafana_lab import Lab, actions, document, filled, filled_with_ann, send, writes
from tests.doubles.grafana.people import add_user

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setenv("ANY", "hush hush")
    names = ("grafana_source_mine_basicAuthPassword", "grafana_contact_chat_url")
    return Lab(tmp_path, dict.fromkeys(names, "env:ANY"))


def test_who_and_what_is_not_here_is_told_and_the_rest_is_made(lab: Lab) -> None:
    with lab.site("one").served() as server:
        _, ann = filled_with_ann(server)
        (account,) = server._state.database.shelf("accounts")
        send(server, "POST", f"/api/serviceaccounts/{account}/tokens", {"name": "deploys"})
        items = [{"userId": ann, "permission": 4}, {"role": "Editor", "permission": 2}]
        send(server, "POST", "/api/folders/inner/permissions", {"items": items})
        lab.captured(server)
    with lab.site("two").served() as server:
        for steps in (lab.planned(server), lab.restored(server), lab.restored(server)):
            told = {(step.kind, step.why) for step in steps if step.action == "cannot"}
            assert told == {
                ("team", "its member ann is no user here"),
                ("service account", "its token deploys: Grafana alone makes tokens; make a new one there"),
                ("folder's permissions", "what user ann may do: there is none here"),
            }
        server.asked.clear()
        lab.restored(server)
        assert writes(server.asked) == []


def test_a_team_has_the_members_and_admins_that_it_had_and_not_whoever_brings_it_back(lab: Lab) -> None:
    with lab.site("one").served() as server:
        team, ann = filled_with_ann(server)
        lab.captured(server, "both")
        send(server, "PUT", f"/api/teams/{team}/members/{ann}", {"permission": 4})
        send(server, "DELETE", f"/api/teams/{team}/members/1", None)
        lab.captured(server)
    for name, members, admins in (("both", ["admin", "ann"], ["admin"]), ("snapshot", ["ann"], ["ann"])):
        with lab.site(f"to {name}").served() as server:
            add_user(server._state, "ann")
            assert "cannot" not in actions(lab.restored(server, name))
            assert actions(lab.restored(server, name)).keys() == {"leave"}
            lab.captured(server, f"of {name}")
        there = document(lab.folder, f"of {name}/teams/on%20call%2F1.json")
        assert (there["members"], there["admins"]) == (members, admins)


def test_what_somebody_may_do_twice_over_is_kept_once(lab: Lab) -> None:
    with lab.site("one").served() as server:
        filled(server)
        items = [{"role": "Viewer", "permission": level} for level in (1, 4, 2)]
        send(server, "POST", "/api/folders/inner/permissions", {"items": items})
        lab.captured(server)
        assert actions(lab.restored(server)).keys() == {"leave"}
    kept = document(lab.folder, "snapshot/folder_permissions/inner.json")
    assert kept["items"] == [{"role": "Viewer", "permission": 4}]
