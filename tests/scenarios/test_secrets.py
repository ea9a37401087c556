"""A rotated secret takes effect, wherever the deploy that brings it is killed."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
import requests

from stack.secrets import former, in_force, renew
from stack.services.grafana import PASSWORD
from tests.scenarios.sabotage import killed_deploy, sabotaged_deploy

if TYPE_CHECKING:
    from tests.lab import Lab

pytestmark = pytest.mark.integration

CUTS = {
    "before the new one is written": "stack.secrets.write_atomically",
    "before Grafana is told": "stack.runtimes.activation.adopt",
    "before it is proved by a login": "stack.clients.grafana.server.Grafana.check_login",
    "before that is noted": "stack.secrets.taken",
}

ONE_AFTER_ANOTHER = (
    "stack.secrets.remember",
    "stack.runtimes.shelf.Shelf.publish",
    "stack.runtimes.shelf.Shelf.begin",
    "stack.clients.grafana.server.Grafana.check_login",
    "stack.runtimes.record.Record.ended",
)

REFUSES = """
def instead(session, former, password):
    from stack.errors import HttpFailed
    raise HttpFailed(method="PUT", url=session.base, message="made up", status=500)
"""


def kept(lab: Lab) -> str:
    return (lab.root / "secrets" / PASSWORD).read_text()


def login(lab: Lab, password: str) -> int:
    url = f"http://127.0.0.1:{lab.ports['grafana']}/api/user"
    return requests.get(url, auth=("admin", password), timeout=10).status_code


def healed(lab: Lab, old: str, new: str) -> tuple[int, int, int]:
    """Deploy, and give what Grafana then says to the new password, the old one, and the new one again."""
    lab.invoke("deploy").ok()
    assert kept(lab) == in_force(PASSWORD, lab.root / "secrets") == new
    return login(lab, new), login(lab, old), login(lab, new)


@pytest.mark.timeout(900)  # a deploy for each place, and one that heals it
def test_a_rotation_killed_anywhere_is_healed_by_the_next_deploy(grafana: Lab) -> None:
    folder = grafana.root / "secrets"
    for number, (when, where) in enumerate(CUTS.items()):
        old, new = kept(grafana), f"made-up-password-{number}"
        renew(PASSWORD, new, folder)
        assert killed_deploy(grafana, where) == -signal.SIGKILL, when
        assert {old, new} >= {*former(PASSWORD, folder), kept(grafana)}, when
        assert healed(grafana, old, new) == (200, 401, 200), when
    assert grafana.invoke("deploy.plan").code == 0


@pytest.mark.timeout(600)  # a deploy for each place
def test_deploys_killed_one_after_another_and_a_second_rotation_meanwhile_are_healed(grafana: Lab) -> None:
    old, folder = kept(grafana), grafana.root / "secrets"
    for number, where in enumerate(ONE_AFTER_ANOTHER):
        renew(PASSWORD, f"made-up-password-{number % 2}", folder)
        assert killed_deploy(grafana, where) == -signal.SIGKILL, where

    assert healed(grafana, old, "made-up-password-0") == (200, 401, 200)


def test_a_rotation_that_grafana_refuses_keeps_the_old_password_in_force(grafana: Lab) -> None:
    old = kept(grafana)
    renew(PASSWORD, "made-up-password", grafana.root / "secrets")
    where = "stack.clients.grafana.password.change_password"
    said = sabotaged_deploy(grafana, where, REFUSES)

    assert said.code == 11
    assert "grafana did not take secret grafana_admin_password: PUT http" in said.out
    assert "made-up-password" not in said.out + said.err
    assert in_force(PASSWORD, grafana.root / "secrets") == old
    assert login(grafana, old) == 200
    grafana.invoke("deploy").ok()
    assert (login(grafana, "made-up-password"), login(grafana, old)) == (200, 401)
