"""The stack's own clock is told its moments, and of its environment as much as a backup asks for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stack.load import load
from stack.references import needed_secrets, secrets_in
from stack.tree import Tree
from tests.stack.services.lab import stack

if TYPE_CHECKING:
    from pathlib import Path

    from stack.service import Stack

SITE = "site/stack/environments/lab.yaml"
NIGHTLY = {"schedule": "17 2 * * *"}


def made(backup: dict[str, Any], **sections: Any) -> Stack:
    return stack(runtime="compose", backup=backup, **sections)


def test_it_runs_where_a_container_is_told_when_and_nowhere_else() -> None:
    assert "backup" in made(NIGHTLY).services
    assert "backup" not in made({}).services
    assert "backup" not in stack(backup=NIGHTLY).services


def test_it_is_told_its_moments() -> None:
    one = made({**NIGHTLY, "drill": "", "timezone": "Europe/Berlin"})
    argv = one.services["backup"].process(one).argv

    assert argv[1:3] == ("-m", "pipelines.clock")
    assert {"--job=backup=17 2 * * *", "--timezone=Europe/Berlin"} <= set(argv)
    assert not any("restore.drill" in word for word in argv)
    two = made(NIGHTLY)
    assert "--job=restore.drill=43 4 * * 0" in two.services["backup"].process(two).argv


def test_its_environment_loads_by_itself_and_a_secret_from_outside_is_a_file(
    tmp_path: Path,
) -> None:
    section = {**NIGHTLY, "repository": "s3:https://x/y", "variables": {"AWS_SECRET_ACCESS_KEY": "key"}}
    secrets = {"backup_password": "exec:pass show x", "key": "env:KEY", "other": "env:OTHER"}
    one = made(section, secrets=secrets, disable={"rules": ["of_a_site"]})
    files = Tree({f"backup/{path}": data for path, data in one.services["backup"].files(one).items()})

    assert set(secrets_in(files.files)) == {"backup_password", "key"}
    assert {"backup_password", "key"} <= needed_secrets(one, files).keys()
    files.write(tmp_path)
    loaded = load("lab", sites=[tmp_path / "backup" / "site"]).environment
    assert loaded.backup == one.environment.backup
    assert loaded.runtime == "compose"
    assert loaded.secrets["key"] == "file:../../secrets/key"


@pytest.mark.parametrize("secrets", [{}, {"backup_password": "generated"}])
def test_a_password_that_is_made_here_stays_where_the_repository_is(secrets: dict[str, str]) -> None:
    one = made(NIGHTLY, secrets=secrets)

    assert json.loads(one.services["backup"].files(one)[SITE])["secrets"] == {}
