"""What else changes with a restore goes back with it, and what cannot is told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from stack.clients.grafana.objects import dashboards
from stack.errors import HttpFailed, Refused
from tests.backups.grafana_before import VERSIONS, changed, interrupted, kept, taken
from tests.backups.grafana_lab import ADMIN, BASE, Lab, actions, filled, filled_with_ann, send
from tests.doubles.grafana.faults import Fault
from tests.doubles.grafana.people import add_user
from tests.doubles.grafana_site import client, model

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doubles import grafana as double


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setenv("ANY", "hush hush")
    names = ("grafana_source_mine_basicAuthPassword", "grafana_contact_chat_url")
    return Lab(tmp_path, dict.fromkeys(names, "env:ANY"))


def pruned(lab: Lab, server: double.Grafana) -> None:
    """Capture without a dashboard, and bring it back from an older capture: with what hangs on it."""
    lab.captured(server, "old")
    for uid in ("lost", "mine"):
        client(server).delete(uid)
        client(server).save(model(uid), mark=None)
    client(server).delete("lost")
    lab.captured(server)
    lab.restored(server, "old", dashboard="lost")
    send(
        server,
        "POST",
        "/api/dashboards/uid/lost/permissions",
        {"items": [{"role": "Editor", "permission": 4}]},
    )
    send(server, "PUT", "/api/org/preferences", {"homeDashboardUID": "lost"})
    for _ in range(2):
        send(server, "POST", "/api/annotations", {"time": 1, "text": "its own", "dashboardUID": "lost"})
    client(server).save(model("mine", "Edited by somebody"), mark="")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_dashboard_that_was_deleted_comes_back_with_what_hung_on_it(lab: Lab, version: str) -> None:
    with lab.site("one", version).served() as server:
        filled(server)
        client(server).save(model("lost"))
        pruned(lab, server)
        notes = server._state.database.shelf("annotations")

        def swept() -> None:
            """Do what Grafana does with the annotations and the home of a dashboard that is gone."""
            for number in [key for key, note in notes.items() if note["dashboardUID"] == "lost"]:
                del notes[number]
            server._state.database.shelf("preferences")["homeDashboardUID"] = ""

        before = taken(lab, server, "safety")
        said = client(server).saves("lost")[0].message
        server.faults = [Fault("DELETE .*/lost", do=swept, times=9), Fault("DELETE", 503)]
        done = lab.restored(server, prune=True)
        assert actions(done)["delete"] == {"dashboard LOST (lost)"}
        lab.undone(server, done)
        assert taken(lab, server) == before
        # It may be pruned by the next try, and what somebody has made may not.
        assert {uid: client(server).saves(uid)[0].message for uid in ("lost", "mine")} == {
            "lost": said,
            "mine": dashboards.BACK,
        }
        server.faults = [Fault("DELETE .*/lost", do=swept)]
        with pytest.raises(KeyboardInterrupt):
            interrupted(lab, server, 17, prune=True)
        assert taken(lab, server) == before


def test_an_interrupt_takes_back_what_was_done(lab: Lab) -> None:
    kept(lab, "13.2.1")
    with lab.site("two").served() as server:
        changed(server)
        before = taken(lab, server)
        for at in (1, 6, 16):
            with pytest.raises(KeyboardInterrupt):
                interrupted(lab, server, at)
            assert taken(lab, server) == before


def test_what_cannot_be_taken_back_is_named_and_stops_nothing(lab: Lab) -> None:
    kept(lab, "11.2.0")
    with lab.site("two", "11.2.0").served() as server:
        before = taken(lab, server)
        server.faults = [
            Fault("POST /api/annotations", 503, message="no more"),
            Fault("DELETE /api/dashboards/uid/mine", 503, message="not 'hush hush'"),
        ]
        with pytest.raises(HttpFailed, match=r"no more.*; could not be put back as it was: ") as failed:
            lab.restored(server)
        said = str(failed.value)
        assert (failed.value.exit_code, "hush" in said) == (14, False)
        for named in ("dashboard MINE (mine): ", "not '***'", "folder Inner (inner): mine lies in it"):
            assert named in said
        left = taken(lab, server).keys() - before.keys()
        assert {path.partition("/")[0] for path in left} == {
            *("dashboards", "dashboard_permissions", "folders", "folder_permissions"),
        }


def test_a_refused_login_is_not_tried_with_everything(lab: Lab) -> None:
    kept(lab, "11.2.0")
    with lab.site("two", "11.2.0").served() as server:
        other = partial(setattr, server._state.database, "password", "another")
        server.faults = [Fault("POST /api/library-elements", do=other)]
        with pytest.raises(Refused, match=r"refuses the login.*; could not be put back as it was: "):
            lab.restored(server)
        assert len(server._state.wrong_logins) == 2


def test_what_is_refused_half_way_is_not_made(lab: Lab) -> None:
    with lab.site("one").served() as server:
        filled_with_ann(server)
        lab.captured(server)
    with lab.site("two").served() as server:
        add_user(server._state, "ann")
        server.faults = [Fault(r"POST /api/teams/\d+/members", 404)]
        done = lab.restored(server)
        assert "team on call/1" in actions(done)["cannot"]
        assert server._state.database.shelf("teams") == {}


def test_what_changes_along_with_a_write_is_put_back_too(lab: Lab) -> None:
    kept(lab, "13.2.1")
    with lab.site("two").served() as server:
        changed(server)
        group = {"title": "g", "folderUid": "outer", "interval": 600}
        rules = client(server).session.json(f"{BASE}/alert-rules")
        send(server, "PUT", f"{BASE}/folder/outer/rule-groups/g", {**group, "rules": rules})
        before = taken(lab, server, "safety")
        prometheus, intervals = server._state.sources["prometheus"], server._state.database.shelf("intervals")
        server.faults = [
            Fault("PUT /api/datasources/", do=lambda: prometheus.update(isDefault=False)),
            Fault(f"PUT {BASE}/alert-rules/", do=lambda: intervals.pop("outer/g")),
        ]
        done = lab.restored(server)
        assert taken(lab, server)["datasources/prometheus.json"] != before["datasources/prometheus.json"]
        lab.undone(server, done)
        assert taken(lab, server) == before


def test_what_somebody_makes_meanwhile_stays(lab: Lab) -> None:
    kept(lab, "13.2.1")
    with lab.site("two").served() as server:
        teams, panels = (server._state.database.shelf(name) for name in ("teams", "elements"))
        team = {"id": 77, "uid": "x", "orgId": 1, "name": "on call/1", "members": [ADMIN]}
        panel = {
            "id": 78,
            "version": 1,
            "uid": "shared",
            "name": "Theirs",
            "folderUid": "",
            "model": {},
            "kind": 1,
        }
        server.faults = [
            Fault("POST /api/teams$", do=lambda: teams.update({"77": team})),
            Fault("POST /api/library-elements", do=lambda: panels.update({"shared": panel})),
            Fault("PUT /api/org/preferences", 503),
        ]
        with pytest.raises(HttpFailed):
            lab.restored(server)
        assert (teams, panels) == ({"77": team}, {"shared": panel})
