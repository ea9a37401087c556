"""The verbs on alerts and silences, beside servers that answer in the shapes of the real ones."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.commands.alerts import drill, explain
from pipelines.commands.alerts import list as listing
from pipelines.commands.silence import create, expire
from pipelines.commands.silence import list as silences
from stack.errors import Refused
from stack.moment import moment
from tests.pipelines.core.doubles import Noting, effects, release

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from pipelines.core.effects import Effects

GOOD = release(services={"grafana": False})
LABELS = {"alertname": "Down", "service": "crm", "severity": "page"}
SILENCE = {
    "id": "3f0c-1",
    "status": {"state": "active"},
    "matchers": [{"name": "alertname", "value": "Down", "isRegex": False, "isEqual": True}],
    "createdBy": "me",
    "comment": "we know",
}


def held(**status: Any) -> dict[str, Any]:
    quiet: dict[str, list[str]] = {"silencedBy": [], "inhibitedBy": [], "mutedBy": []}
    return {
        "labels": {**LABELS, "env": "local"},
        "startsAt": moment(time.time() - 100),
        "fingerprint": "f",
        "receivers": [{"name": "chat"}],
        "status": {**quiet, **status},
    }


class Servers:
    """Prometheus, Alertmanager and the sink on one port, with what they hold."""

    def __init__(self, server: HTTPServer) -> None:
        self.evaluated: list[Any] = []
        self.held: list[Any] = []
        self.silences: list[Any] = []
        self.heard: list[Any] = []
        self.server = server
        self.url = server.url_for("").rstrip("/")

    def serve(self) -> Servers:
        answers = {
            "/api/v1/alerts": {"status": "success", "data": {"alerts": self.evaluated}},
            "/api/v2/alerts": self.held,
            "/notifications": self.heard,
        }
        for path, answer in answers.items():
            self.server.expect_request(path, method="GET").respond_with_json(answer)
        self.server.expect_request("/api/v2/silences", method="GET").respond_with_json(self.silences)
        self.server.expect_request("/api/v2/silences", method="POST").respond_with_json({"silenceID": "new"})
        self.server.expect_request("/api/v2/silence/3f0c-1", method="DELETE").respond_with_data("")
        return self

    def posted(self) -> dict[str, Any]:
        """Give the silence that was made."""
        found: dict[str, Any] = json.loads(
            next(request.data for request, _ in self.server.log if request.method == "POST")
        )
        return found


@pytest.fixture
def servers(httpserver: HTTPServer) -> Servers:
    return Servers(httpserver)


def doors(servers: Servers, folder: Path, *, json: bool = False, **values: Any) -> Effects:
    """Give the effects of a run against a release that is live."""
    runtime = Noting(folder, doors=dict.fromkeys(("prometheus", "alertmanager", "sink"), servers.url))
    return effects(folder, runtime.deployed(GOOD), json=json, **values)


def firing() -> dict[str, Any]:
    return {"labels": LABELS, "state": "firing", "activeAt": moment(time.time() - 400), "value": "0.25"}


def test_an_alert_has_a_row_with_since_when_what_mutes_it_and_who_was_told(
    servers: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    servers.evaluated.append(firing())
    servers.held.append(held(silencedBy=["3f0c-1"]))
    told = {
        "receiver": "chat",
        "arrived": time.time() - 65,
        "status": "firing",
        "alerts": ["Down"],
        "payload": "crm",
    }
    servers.serve().heard.append(told)
    servers.server.clear()
    servers.serve()

    assert listing.run(doors(servers, tmp_path)) == 0
    head, row, last = capsys.readouterr().out.splitlines()
    assert head.split()[:4] == ["STATE", "ALERT", "ENV", "SEVERITY"]
    for text in (
        "firing  Down",
        "local  page",
        "service=crm",
        "6m40s ago",
        "0.25",
        "silence 3f0c-1",
        "chat (1m05s ago)",
    ):
        assert text in row
    assert last == "1 alert(s) fire in local, 1 of them muted, 0 pending; next: invoke alerts.explain Down"


def test_the_watchdog_is_left_out_and_an_empty_list_says_so(
    servers: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beat = {**firing(), "labels": {"alertname": "Watchdog", "severity": "none"}}
    servers.evaluated.append(beat)
    servers.serve()

    listing.run(doors(servers, tmp_path))
    assert capsys.readouterr().out.splitlines() == ["nothing fires in local"]
    listing.run(doors(servers, tmp_path, all=True))
    assert "firing  Watchdog" in capsys.readouterr().out
    listing.run(doors(servers, tmp_path, json=True, all=True))
    assert json.loads(capsys.readouterr().out)[0]["labels"]["alertname"] == "Watchdog"


def test_a_silence_is_made_as_it_was_asked_for(
    servers: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    servers.held.append(held())
    servers.serve()
    asked: dict[str, Any] = {
        "matcher": "Down",
        "match": ["service=~cr.*"],
        "author": "me",
        "reason": " we know ",
        "duration": "2h",
    }

    assert create.run(doors(servers, tmp_path, **asked)) == 0
    made = servers.posted()
    assert made["matchers"] == [
        {"name": "alertname", "value": "Down", "isRegex": False, "isEqual": True},
        {"name": "service", "value": "cr.*", "isRegex": True, "isEqual": True},
    ]
    assert (made["createdBy"], made["comment"]) == ("me", "we know")
    last = capsys.readouterr().out.splitlines()[-1]
    assert "silences 1 firing alert(s) right now: Down" in last
    assert last.endswith("invoke silence.expire new")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"matcher": "Down", "duration": "2h"}, "needs a reason"),
        ({"matcher": "Down", "reason": "x"}, "needs an end"),
        ({"reason": "x", "duration": "2h"}, "needs at least one matcher"),
        ({"matcher": "Watchdog", "reason": "x", "duration": "2h"}, "silences the Watchdog too"),
    ],
)
def test_a_silence_that_lacks_something_is_not_made(
    asked: dict[str, Any], message: str, servers: Servers, tmp_path: Path
) -> None:
    servers.serve()
    with pytest.raises(Refused, match=message):
        create.run(doors(servers, tmp_path, **asked))
    assert [request for request, _ in servers.server.log if request.method == "POST"] == []


def test_without_an_author_it_is_the_user_and_with_wide_everything_goes(
    servers: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "somebody")
    servers.serve()
    asked: dict[str, Any] = {"matcher": "Watchdog", "reason": "x", "until": "2099-01-01", "wide": True}

    create.run(doors(servers, tmp_path, **asked))
    assert servers.posted()["createdBy"] == "somebody"
    assert "it silences no alert right now" in capsys.readouterr().out


def test_nobody_is_no_author(servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise KeyError

    monkeypatch.setattr("getpass.getuser", unknown)
    with pytest.raises(Refused, match="nobody knows who you are") as caught:
        create.run(doors(servers, tmp_path, matcher="Down", reason="x", duration="2h"))
    assert "--author" in caught.value.advice


def test_silences_are_listed_with_what_they_keep_quiet_and_ended_by_their_beginning(
    servers: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    servers.held.append(held(silencedBy=["3f0c-1"]))
    old = {**SILENCE, "id": "9", "status": {"state": "expired"}, "endsAt": moment(time.time() - 9)}
    servers.silences += [{**SILENCE, "endsAt": moment(time.time() + 7205)}, old]
    servers.serve()

    silences.run(doors(servers, tmp_path))
    _, row, last = capsys.readouterr().out.splitlines()
    assert row.split()[:2] == ["3f0c-1", "active"]
    assert row.endswith("2h00m  1")
    assert 'alertname="Down"' in row
    assert last == "1 silence(s) active in local; invoke silence.expire ID ends one"
    silences.run(doors(servers, tmp_path, all=True))
    assert len(capsys.readouterr().out.splitlines()) == 4

    assert expire.run(doors(servers, tmp_path, id="3f0")) == 0
    assert capsys.readouterr().out.splitlines()[-1] == 'alertname="Down" is no longer silent'
    for wrong, message in (("9", "no silence"), ("", "which silence")):
        with pytest.raises(Refused, match=message):
            expire.run(doors(servers, tmp_path, id=wrong))


def test_no_silence_is_no_table(servers: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    servers.serve()

    silences.run(doors(servers, tmp_path))
    assert capsys.readouterr().out.splitlines() == ["0 silence(s) active in local"]


def test_a_drill_of_all_takes_no_name_and_one_that_nobody_knows_is_refused(
    servers: Servers, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="name none"):
        drill.run(doors(servers, tmp_path, all=True, alert="Down"))
    with pytest.raises(Refused, match="there is no alert 'Down'"):
        drill.run(doors(servers, tmp_path, alert="Down"))


def test_an_alert_of_nobody_cannot_be_explained(servers: Servers, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="which alert"):
        explain.run(doors(servers, tmp_path))
