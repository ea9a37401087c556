"""A Grafana that is busy, fails, is slow, or changes while it is captured."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from stack.clients.grafana import api as asking
from stack.clients.grafana import patient
from stack.clients.grafana.objects import annotations as annotation
from stack.errors import HttpFailed, Refused
from tests.backups.grafana_lab import Lab, filled, send
from tests.doubles.grafana.faults import Fault
from tests.doubles.grafana_site import client, model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.doubles import grafana as double

ONE = r"GET /api/dashboards/uid/d\d$"


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


@pytest.fixture
def server(lab: Lab) -> Iterator[double.Grafana]:
    with lab.site("one", "11.2.0").served() as server:
        for number in range(9):
            client(server).save(model(f"d{number}"))
        yield server


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_what_passes_is_waited_for(lab: Lab, server: double.Grafana, status: int) -> None:
    server.faults = [Fault(ONE, status, first=4, times=2), Fault("GET /api/folders", status)]
    part = lab.captured(server)
    assert part.counts["dashboards"] == 9
    assert lab.damages(part) == []


def test_a_slow_answer_is_asked_for_again(
    lab: Lab, server: double.Grafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient, "SLOWEST", 0.3)
    monkeypatch.setattr("tests.backups.grafana_lab.TIMEOUT", 0.3)
    server.faults = [Fault(ONE, first=3, seconds=1)]
    assert lab.captured(server).counts["dashboards"] == 9
    server.faults = [Fault(ONE, first=3, times=99, seconds=1)]
    with pytest.raises(HttpFailed, match="no answer in time"):
        lab.captured(server, "second")


@pytest.mark.parametrize("asked", [ONE, "GET /api/annotations", "GET /api/v1/provisioning/policies"])
def test_what_does_not_pass_fails_the_capture_in_one_line(
    lab: Lab, server: double.Grafana, asked: str
) -> None:
    server.faults = [Fault(asked, 500, first=2 if asked == ONE else 1, times=999)]
    server.asked.clear()
    with pytest.raises(HttpFailed) as failed:
        lab.captured(server)
    assert "500" in str(failed.value)
    assert "\n" not in str(failed.value)
    assert all(request.startswith("GET") for request in server.asked)
    assert len([request for request in server.asked if request.startswith(asked)]) in {0, patient.TRIES}


@pytest.mark.parametrize(
    "asked", [ONE, "GET /api/search", "GET /api/ruler|GET /api/v1/provisioning/alert-rules"]
)
def test_half_an_answer_fails_the_capture_and_is_no_smaller_backup(
    lab: Lab, server: double.Grafana, asked: str
) -> None:
    server.faults = [Fault(asked, first=2 if asked == ONE else 1, times=999, half=True)]
    with pytest.raises(HttpFailed, match="the answer is no JSON"):
        lab.captured(server)


def test_the_wait_that_is_asked_for_is_kept_where_it_is_within_reason(
    lab: Lab, server: double.Grafana
) -> None:
    server.faults = [Fault(ONE, 429, headers={"Retry-After": "1"})]
    began = time.monotonic()
    lab.captured(server)
    assert time.monotonic() - began >= 1
    server.faults = [Fault(ONE, 429, headers={"Retry-After": "3600"})]
    with pytest.raises(HttpFailed, match="asks to wait 3600 seconds"):
        lab.captured(server, "second")


@pytest.mark.parametrize("version", ["11.2.0", "13.2.1"])
def test_what_is_deleted_while_it_is_captured_is_left_out_and_told(lab: Lab, version: str) -> None:
    with lab.site("two", version).served() as server:
        for uid in ("gone", "here"):
            client(server).save(model(uid))
        dashboards = server._state.database.dashboards
        server.faults = [Fault(r"GET .*dashboards/(uid/)?gone$", do=lambda: dashboards.pop("gone"))]
        part = lab.captured(server)
    assert part.counts["dashboards"] == 1
    assert part.facts == {"deleted_meanwhile": {"dashboards": ["gone"]}}
    assert lab.damages(part) == []


def test_a_refused_login_is_tried_once(lab: Lab, server: double.Grafana) -> None:
    server._state.database.password = "another"
    with pytest.raises(Refused, match="refuses the login"):
        lab.captured(server)
    assert len(server._state.wrong_logins) == 1


def test_long_lists_are_read_to_their_end(
    lab: Lab, server: double.Grafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PAGE", 2)
    monkeypatch.setattr(annotation, "FIRST", 2)
    for number in range(5):
        send(server, "POST", "/api/teams", {"name": f"team {number}"})
        send(server, "POST", "/api/folders", {"uid": f"f{number}", "title": f"{number}"})
        send(server, "POST", "/api/annotations", {"time": number, "text": f"{number}"})
    counts = lab.captured(server).counts
    assert (counts["teams"], counts["folders"], counts["annotations"]) == (5, 5, 5)


def test_what_grafana_notes_of_its_alerts_is_not_kept(lab: Lab, server: double.Grafana) -> None:
    for text in ("mine", "of an alert", "of an older alert"):
        send(server, "POST", "/api/annotations", {"time": 1, "text": text})
    kept = server._state.database.shelf("annotations")
    _, one, other = kept.values()
    one["alertId"] = 7
    other["newState"] = "Alerting"
    assert lab.captured(server).counts["annotations"] == 1


def test_a_restore_that_failed_is_run_again(lab: Lab, server: double.Grafana) -> None:
    filled(server)
    lab.captured(server)
    with lab.site("two", "11.2.0").served() as empty:
        empty.faults = [Fault("POST /api/dashboards/db", 500, first=5), Fault("POST /api/folders", 429)]
        with pytest.raises(HttpFailed, match="500"):
            lab.restored(empty)
        lab.restored(empty)
        assert {step.action for step in lab.planned(empty) if step.kind == "dashboard"} == {"leave"}
