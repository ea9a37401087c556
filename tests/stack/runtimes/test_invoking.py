"""A container that runs pipelines works as who deploys, on the deployer's own folders, and nowhere else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from stack.assemble import services
from stack.emit import from_yaml
from stack.errors import Refused
from stack.images import carried, pipelines_reference
from stack.load import load
from stack.runtimes.compose_activation import volumes_of
from stack.runtimes.compose_file import PATH, compose_file
from stack.runtimes.invoking import given, make_folders, refuse_apart, user_of
from stack.service import Stack
from stack.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path


def stack(**backup: str) -> Stack:
    environment = load("dev", overrides=[f"backup.{name}={value}" for name, value in backup.items()])
    wanted = {name: one for name, one in services().items() if name in {"backup", "prometheus", "gate"}}
    return Stack(environment.environment, wanted, services())


def container(made: Stack, name: str = "backup") -> dict[str, Any]:
    found: dict[str, Any] = from_yaml(compose_file(made)[PATH])["services"][name]
    return found


def binds(made: dict[str, Any]) -> list[dict[str, Any]]:
    return [mount for mount in made["volumes"] if isinstance(mount, dict)]


def test_nothing_of_a_machine_is_in_the_release() -> None:
    made = container(stack())

    assert made["user"] == "${MONITORING_USER}"
    assert made["environment"]["MONITORING_VAR"] == "${MONITORING_VAR}"
    assert [bind["source"] for bind in binds(made)] == [
        "${MONITORING_VAR}/dev",
        "${MONITORING_VAR}/runs",
        "${MONITORING_VAR}/backups/dev",
    ]
    assert made["image"] == pipelines_reference(stack().environment, carried(services()))


def test_a_folder_lies_at_its_own_path_and_one_that_is_gone_is_not_made_anew() -> None:
    for bind in binds(container(stack(repository="/srv/backups"))):
        assert bind["source"] == bind["target"]
        assert bind["bind"] == {"create_host_path": False}
    assert binds(container(stack(repository="local:/srv/backups")))[-1]["source"] == "/srv/backups"
    assert len(binds(container(stack(repository="s3:https://x/y")))) == 3


def test_no_other_container_sees_any_of_it() -> None:
    for name in ("prometheus", "gate", "mender_a"):
        made = container(stack(), name)
        assert binds(made) == []
        assert "MONITORING_VAR" not in str(made)
        assert user_of(made) == 65534


def test_it_runs_as_who_deploys_and_folders_are_no_volumes(tmp_path: Path) -> None:
    made = stack()
    tree = Tree(dict(compose_file(made)))

    assert user_of(container(made)) == os.getuid()
    assert given(tmp_path / "dev") == {
        "MONITORING_VAR": str(tmp_path),
        "MONITORING_USER": f"{os.getuid()}:{os.getgid()}",
    }
    assert "secrets-backup" in volumes_of(tree)
    assert all("/" not in name and "$" not in name for name in volumes_of(tree))


def test_its_folders_are_made_before_and_for_nobody_else(tmp_path: Path) -> None:
    make_folders(stack(repository=str(tmp_path / "disk")), tmp_path / "dev")
    made = [tmp_path / name for name in ("dev", "runs", "backups/dev", "disk")]

    assert all(path.is_dir() for path in made)
    assert all(path.stat().st_mode & 0o077 == 0 for path in made)
    make_folders(Stack(stack().environment, {}, services()), tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_an_engine_of_another_machine_is_refused_in_one_line() -> None:
    refuse_apart(stack(), local=True)
    refuse_apart(Stack(stack().environment, {}, services()), local=False)
    with pytest.raises(Refused, match="service backup works on var/ of this machine") as caught:
        refuse_apart(stack(), local=False)

    assert caught.value.advice == (
        "take `backup.schedule` out of the environment, and run `invoke backup.schedule` here"
    )
