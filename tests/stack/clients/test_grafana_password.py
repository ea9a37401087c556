"""The admin's password: another one by few logins, whatever an earlier run has left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.clients.grafana.password import TRIES, change_password
from stack.clients.http import Session
from stack.errors import HttpFailed, Refused
from tests.doubles.grafana_site import PASSWORD, Site, client

if TYPE_CHECKING:
    from pathlib import Path

CHANGE, LOGIN = "PUT /api/user/password", "GET /api/user"
NEW = "entirely another"


def test_a_former_one_changes_it_and_one_login_proves_it(tmp_path: Path) -> None:
    with Site(tmp_path).prepared().served() as server:
        change_password(Session(server.url), (PASSWORD,), NEW)

        assert server.asked == [CHANGE, LOGIN]
        client(server, NEW).check_login()
        with pytest.raises(Refused, match="Grafana refuses the login"):
            client(server, PASSWORD).check_login()


def test_it_outlives_a_restart_and_the_file_is_not_read_again(tmp_path: Path) -> None:
    site = Site(tmp_path).prepared()
    with site.served() as server:
        change_password(Session(server.url), (PASSWORD,), NEW)
    with site.served() as server:
        client(server, NEW).check_login()


def test_one_that_was_changed_already_is_told_by_one_wrong_login(tmp_path: Path) -> None:
    with Site(tmp_path).prepared().served() as server:
        for _ in range(8):  # none of the wrong logins adds up: the right one behind it clears them
            change_password(Session(server.url), ("long gone",), PASSWORD)

        assert server.asked == [CHANGE, LOGIN] * 8


def test_of_several_former_ones_the_oldest_is_tried_first_and_then_the_newest(tmp_path: Path) -> None:
    with Site(tmp_path).prepared().served() as server:
        change_password(Session(server.url), (PASSWORD, "never came through"), NEW)
        assert server.asked == [CHANGE, LOGIN]

        change_password(Session(server.url), (*"abcdef", NEW), PASSWORD)
        assert server.asked[2:] == [CHANGE, CHANGE, LOGIN]


def test_where_none_lets_in_it_stops_before_the_right_one_is_locked_out(tmp_path: Path) -> None:
    with Site(tmp_path).prepared().served() as server:
        with pytest.raises(Refused, match="Grafana refuses the login with its password"):
            change_password(Session(server.url), tuple("abcdef"), NEW)

        assert server.asked == [CHANGE] * TRIES + [LOGIN]
        client(server).check_login()


def test_a_server_that_fails_is_told_and_no_password_is(tmp_path: Path) -> None:
    with Site(tmp_path).prepared().served() as server:
        server.failures = [500]
        with pytest.raises(HttpFailed, match="500") as caught:
            change_password(Session(server.url), (PASSWORD,), NEW)

        assert NEW not in str(caught.value)
        client(server).check_login()
