"""A rotated secret on its way to who keeps it: cut off at every step, it comes through with the next run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack import secrets
from stack.clients.grafana import Grafana
from stack.clients.http import Session
from stack.errors import ActivationFailed
from stack.runtimes.protocol import Action, Change
from stack.runtimes.taking import adopt, reached
from stack.services.grafana import PASSWORD
from tests.doubles.grafana_site import Site, client
from tests.pipelines.core.doubles import release

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.doubles import grafana as double

REFERENCES = {PASSWORD: "generated"}
RELEASE = release(services={"grafana": True})
OLD, NEW = "made up for this test", "entirely another"

STEPS = {
    "the former value": (secrets, "remember"),
    "the new value": (secrets, "write_atomically"),
    "the change": (Session, "put"),
    "the proof": (Grafana, "check_login"),
    "the note": (secrets, "forget"),
}


class CutOff(BaseException):
    """The run is killed."""


def cut(*_: object, **__: object) -> None:
    raise CutOff


@pytest.fixture
def server(tmp_path: Path) -> Iterator[double.Grafana]:
    """Serve a Grafana whose password is the one on disk, and rotate that."""
    with Site(tmp_path / "grafana").prepared().served() as made:
        folder(tmp_path).mkdir()
        (folder(tmp_path) / PASSWORD).write_text(OLD)
        secrets.renew(PASSWORD, NEW, folder(tmp_path))
        yield made


def folder(tmp_path: Path) -> Path:
    return tmp_path / "secrets"


def run(server: double.Grafana, tmp_path: Path) -> None:
    """Do what an activation does."""
    secrets.materialise(REFERENCES, folder(tmp_path))
    adopt(RELEASE, lambda _: Session(server.url), folder(tmp_path))
    secrets.taken(REFERENCES, folder(tmp_path))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_run_that_is_cut_off_at_a_step_is_gone_on_with_by_the_next(
    step: str, server: double.Grafana, tmp_path: Path, *, after: bool
) -> None:
    owner, name = STEPS[step]
    real = getattr(owner, name)

    def done_and_cut(*args: object, **kwargs: object) -> None:
        real(*args, **kwargs)
        raise CutOff

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, done_and_cut if after else cut)
        with pytest.raises(CutOff):
            run(server, tmp_path)

    noted = step == "the note" and after
    assert secrets.rotated(REFERENCES, folder(tmp_path)) == (() if noted else (PASSWORD,))
    run(server, tmp_path)
    assert (folder(tmp_path) / PASSWORD).read_text() == NEW
    assert secrets.in_force(PASSWORD, folder(tmp_path)) == NEW
    assert secrets.rotated(REFERENCES, folder(tmp_path)) == ()
    asked = len(server.asked)
    client(server, NEW).check_login()
    assert asked <= 5  # at most one of them with a wrong password


def test_in_the_undisturbed_case_no_wrong_password_is_ever_tried(
    server: double.Grafana, tmp_path: Path
) -> None:
    run(server, tmp_path)

    assert server.asked == ["PUT /api/user/password", "GET /api/user"]


def test_what_grafana_refuses_is_told_and_the_former_value_stays_in_force(
    server: double.Grafana, tmp_path: Path
) -> None:
    server.failures = [500]
    with pytest.raises(
        ActivationFailed, match="grafana did not take secret grafana_admin_password"
    ) as caught:
        run(server, tmp_path)

    assert NEW not in str(caught.value)
    assert secrets.in_force(PASSWORD, folder(tmp_path)) == OLD
    run(server, tmp_path)
    client(server, NEW).check_login()


def test_a_secret_is_taken_once_each_reader_was_told() -> None:
    every = tuple(Change(name, Action.NOTHING, "") for name in RELEASE.stack.services)
    told = tuple(
        change if change.service != "grafana" else Change("grafana", Action.RELOAD, "") for change in every
    )

    assert list(reached(RELEASE, every)) == list(reached(RELEASE, ())) == []
    assert list(reached(RELEASE, told)) == [PASSWORD]
