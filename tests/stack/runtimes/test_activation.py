"""A release is brought up in an order in which a cut anywhere can be healed."""

from __future__ import annotations

import errno
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from stack.binaries import Binary
from stack.clients.ports import owner_pid
from stack.clients.supervisor import Supervisor
from stack.emit import to_json
from stack.errors import ActivationFailed, DefinitionInvalid, PortTaken, Refused
from stack.programs import Program
from stack.runtimes import activation, readiness
from stack.runtimes.layout import Layout
from stack.runtimes.processes import FINGERPRINT
from stack.runtimes.protocol import Action, Change, Live, State
from stack.runtimes.record import Record
from stack.service import Process
from stack.tree import Tree
from tests.contracts.tiny import deploy, tiny
from tests.lab import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stack.runtimes.native import Native
    from stack.runtimes.protocol import Release

LISTENER = "import socket, time; s = socket.create_server(('127.0.0.1', {})); print('up', flush=True)\n{}"
CREATE = (Change("alpha", Action.CREATE, "it does not run"),)


def full(*args: Any, **options: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "/lab/file")


def refuse(*args: Any, **options: Any) -> None:
    raise Refused(message="supervisor did not start: it said why")


def with_process(release: Release, *argv: str) -> Release:
    """Give a release whose service `alpha` is started in another way."""
    alpha = replace(release.stack.services["alpha"], process=lambda _: Process(argv))
    stack = replace(release.stack, services={"alpha": alpha})
    table = Tree({**release.tree.files, "runtime/processes.json": _table(argv)})
    return replace(release, stack=stack, tree=table)


def _table(argv: tuple[str, ...]) -> bytes:
    return to_json({"alpha": {"argv": argv, "env": {}, "reads": []}})


@pytest.fixture
def holding(ports: dict[str, int]) -> Iterator[Any]:
    """Start processes that hold a port until they are told to end."""
    started: list[subprocess.Popen[bytes]] = []

    def hold(port: int, then: str, **env: str) -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-c", LISTENER.format(port, then)]
        started.append(subprocess.Popen(argv, env=env, stdout=subprocess.PIPE))
        assert started[-1].stdout is not None
        assert started[-1].stdout.readline() == b"up\n"
        return started[-1]

    yield hold
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("where", ["text", "verify"])
def test_what_cannot_be_is_refused_before_anything_is_written(
    native: Native, ports: dict[str, int], tmp_path: Path, where: str
) -> None:
    release = tiny(ports, {"alpha": "one"}, flags={"alpha": "--title=a ;b"} if where == "text" else {})
    if where == "verify":
        (tmp_path / "web").write_text("changed")
        found = Binary("web", "1", "test", {"web": tmp_path / "web"}, digests={"web": "other"})
        native.binaries = lambda _: {"web": found}
        release = with_process(release, "web")
        alpha = replace(release.stack.services["alpha"], program=Program("web", ("web",), "1"))
        release = replace(release, stack=replace(release.stack, services={"alpha": alpha}))

    with pytest.raises((DefinitionInvalid, Refused)):
        native.activate(release, CREATE)
    assert native.live() == Live()
    assert not native.folder.exists()


@pytest.mark.parametrize(
    ("owner", "name", "live"),
    [
        (Tree, "write", False),
        (activation, "_prepare", False),
        (Record, "write", False),
        (Layout, "flip", False),
        (Supervisor, "write", True),
        (Record, "ended", True),
    ],
)
def test_a_disk_that_is_full_at_any_step_is_one_line_and_the_next_deploy_heals(
    native: Native, ports: dict[str, int], owner: Any, name: str, live: bool
) -> None:
    release = tiny(ports, {"alpha": "one"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, full)
        patch.setattr(Supervisor, "launch", lambda _: None)
        patch.setattr(activation, "await_ready", lambda *_: None)
        with pytest.raises(ActivationFailed, match="No space left on device: /lab/file") as caught:
            deploy(native, release)
    assert caught.value.fields["release"] == release.id
    assert (native.live().release == release.id) is live
    assert native.live().state is State.ACTIVATING
    assert list(native.layout.releases.glob(".*")) == []


def test_a_supervisor_that_does_not_start_is_a_failed_activation_of_this_release(
    native: Native, ports: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    release = tiny(ports, {"alpha": "one"})
    monkeypatch.setattr(Supervisor, "launch", refuse)

    with pytest.raises(ActivationFailed, match="supervisor did not start: it said why") as caught:
        deploy(native, release)
    assert caught.value.fields["release"] == native.live().release == release.id


def test_what_a_killed_deploy_left_half_written_is_swept_away(
    native: Native, ports: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    release = tiny(ports, {"alpha": "one"})
    (native.layout.releases / ".other.1").mkdir(parents=True)
    native.shelf.publish(release.id, release.tree)
    place = native.layout.releases / release.id
    first = place.stat().st_ino

    native.shelf.publish(release.id, release.tree)  # a kept release is not written again
    assert [path.name for path in native.layout.releases.iterdir()] == [release.id]
    assert place.stat().st_ino == first
    (place / "alpha" / "text").write_text("edited")
    native.shelf.publish(release.id, release.tree)  # but one that somebody has edited is
    assert [path.name for path in native.layout.releases.iterdir()] == [release.id]
    assert native.kept(release.id).files["alpha/text"] == release.tree.files["alpha/text"]


def test_what_belongs_beside_a_program_is_linked_and_a_new_version_takes_its_place(tmp_path: Path) -> None:
    for version in ("one", "two", "two"):
        activation._lay_beside({"templates": tmp_path / version}, tmp_path)
        assert (tmp_path / "templates").readlink() == tmp_path / version


@pytest.mark.integration
def test_a_service_that_does_not_stay_up_is_told_by_its_last_line(
    native: Native, ports: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "GRACE", 0.0)
    release = with_process(tiny(ports, {"alpha": "one"}), "{python}", "-c", "raise SystemExit('no disk')")

    with pytest.raises(ActivationFailed, match="alpha does not stay up: no disk") as caught:
        native.activate(release, CREATE)
    assert caught.value.advice == "see `invoke logs alpha`"


@pytest.mark.integration
def test_a_service_that_never_gets_ready_is_given_up(
    native: Native, ports: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "PATIENCE", 0.2)
    release = with_process(tiny(ports, {"alpha": "one"}), "{python}", "-c", "import time; time.sleep(600)")

    with pytest.raises(ActivationFailed, match="alpha not ready after 0 s: nothing in its log"):
        native.activate(release, CREATE)


def test_a_port_of_somebody_else_is_refused_with_his_name(
    native: Native, ports: dict[str, int], holding: Any
) -> None:
    other = holding(ports["alpha"], "time.sleep(600)")
    release = tiny(ports, {"alpha": "one"})

    with pytest.raises(PortTaken, match=rf"is taken by python[\d.]* \(pid {other.pid}\)"):
        activation.refuse_taken_ports(native, release.stack, ("alpha",))
    activation.refuse_taken_ports(
        native, release.stack, ("beta",) if "beta" in release.stack.services else ()
    )


def test_a_process_of_ours_that_lost_its_supervisor_is_waited_for(
    native: Native, ports: dict[str, int], holding: Any
) -> None:
    orphan = holding(ports["alpha"], "time.sleep(0.5)", **{FINGERPRINT: "ours"})
    activation.refuse_taken_ports(native, tiny(ports, {"alpha": "one"}).stack, ("alpha",))

    assert orphan.wait(10) == 0


def test_a_process_of_ours_that_never_ends_is_told_in_the_end(
    native: Native, ports: dict[str, int], holding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stack.runtimes.activation.time.sleep", lambda _: None)
    holding(ports["alpha"], "time.sleep(600)", **{FINGERPRINT: "ours"})

    with pytest.raises(PortTaken):
        activation.refuse_taken_ports(native, tiny(ports, {"alpha": "one"}).stack, ("alpha",))


@pytest.mark.integration
def test_killing_the_supervisor_leaves_no_service_and_the_next_deploy_starts_all_again(
    native: Native, ports: dict[str, int]
) -> None:
    release = tiny(ports, {"alpha": "one", "beta": "one"})
    deploy(native, release)
    pid = int((native.layout.supervisor / "supervisord.pid").read_text())
    subprocess.run(["kill", "-KILL", str(pid)], check=True)

    assert until(lambda: not any(map(owner_pid, ports.values())))
    assert [change.action for change in deploy(native, release)] == [Action.CREATE] * 2
