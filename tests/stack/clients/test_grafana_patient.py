"""A patient session asks again where that may help, and never repeats a write that may have been done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.clients.grafana.patient import LONGEST, TRIES, Patient, patient
from stack.clients.http import Session
from stack.errors import HttpFailed
from tests.doubles.grafana.faults import Fault
from tests.doubles.grafana_site import Site, client, model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.doubles import grafana as double


@pytest.fixture
def server(tmp_path: Path) -> Iterator[double.Grafana]:
    with Site(tmp_path).prepared().served() as server:
        yield server


def slept(server: double.Grafana, pauses: list[float], *, retries: int = 0) -> Patient:
    session = client(server).session
    return Patient(session.base, auth=session.auth, sleep=pauses.append, retries=retries)


@pytest.mark.parametrize(
    ("method", "status", "asked"),
    [("GET", 500, TRIES), ("GET", 429, TRIES), ("GET", 404, 1), ("POST", 429, TRIES), ("POST", 500, 1)],
)
def test_what_may_pass_is_asked_again_and_a_write_only_where_it_was_not_looked_at(
    server: double.Grafana, method: str, status: int, asked: int
) -> None:
    pauses: list[float] = []
    server.faults = [Fault(".*", status, times=99)]
    answer = slept(server, pauses).request(method, "/api/dashboards/db", json={"dashboard": model("a")})
    assert (answer.status_code, len(server.asked), len(pauses)) == (status, asked, asked - 1)
    assert pauses == sorted(pauses)


def test_the_tries_of_a_usual_session_do_not_multiply_with_its_own(server: double.Grafana) -> None:
    server.faults = [Fault(".*", 503, times=99)]
    with pytest.raises(HttpFailed):
        slept(server, [], retries=2).json("/api/folders")
    assert len(server.asked) == TRIES


@pytest.mark.parametrize(
    ("wished", "pauses"), [("7", [7.0]), ("Wed, 21 Oct 2015 07:28:00 GMT", [0.5]), ("", [0.5])]
)
def test_it_waits_as_long_as_it_is_asked_to(server: double.Grafana, wished: str, pauses: list[float]) -> None:
    seen: list[float] = []
    server.faults = [Fault(".*", 429, headers={"Retry-After": wished})]
    assert slept(server, seen).json("/api/folders") == []
    assert seen == pauses


def test_it_gives_up_at_once_where_it_should_wait_for_long(server: double.Grafana) -> None:
    seen: list[float] = []
    server.faults = [Fault(".*", 429, headers={"Retry-After": f"{LONGEST + 1:.0f}"})]
    with pytest.raises(HttpFailed, match="too long") as failed:
        slept(server, seen).json("/api/folders")
    assert (failed.value.status, seen) == (429, [])


def test_it_is_as_the_session_that_it_is_made_of(server: double.Grafana) -> None:
    session = Session("http://127.0.0.1:1", auth=("a", "b"), token="t", verify=False, retries=2)
    made = patient(session)
    assert (made.base, made.auth, made.token, made.verify) == (session.base, ("a", "b"), "t", False)
    assert (made.lines is session.lines, made.timeout > session.timeout) == (True, True)
