"""What a run takes from its variables where the command line says nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.pipelines.core.shell import Shell

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "var")


def environment_in(shell: Shell, *words: str, **variables: str) -> str:
    """Name the environment that a task then takes for its own."""
    line = shell("status", *words, "--set", "runtime=native", **variables)[1]
    return line.partition("environment ")[2].partition(";")[0]


def test_the_environment_is_the_named_one_or_that_of_the_variable_or_local(shell: Shell) -> None:
    assert environment_in(shell) == "local"
    assert environment_in(shell, MONITORING_ENV="") == "local"
    assert environment_in(shell, MONITORING_ENV="prod") == "prod"
    assert environment_in(shell, "--env", "dev", MONITORING_ENV="prod") == "dev"


def site(folder: Path, name: str) -> Path:
    """Make a site with one environment."""
    path = folder / "stack" / "environments" / f"{name}.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("colour: red\n")  # a mistake shows that it was read
    return folder


def test_sites_are_the_named_ones_or_those_of_the_variable(shell: Shell, tmp_path: Path) -> None:
    one, two = site(tmp_path / "one", "first"), site(tmp_path / "two", "second")

    def knows(name: str, *words: str, **variables: str) -> bool:
        return "colour" in shell("check.render", "--env", name, *words, **variables)[1]

    assert not knows("first")
    assert knows("first", MONITORING_SITE=str(one))
    assert knows("second", MONITORING_SITE=f"{one}:{two}")
    assert knows("second", "--site", str(one), "--site", str(two))
    assert not knows("first", "--site", str(two), MONITORING_SITE=str(one))


def test_a_site_that_is_not_there_is_named(shell: Shell, tmp_path: Path) -> None:
    code, out, _ = shell("check.render", "--site", str(tmp_path / "nowhere"))

    assert code == 3
    assert f"--site {tmp_path / 'nowhere'}: there is no such folder" in out


def test_what_is_produced_lies_where_the_variable_says(shell: Shell) -> None:
    shell("rollback")

    [record] = (shell.var / "runs").glob("*-local-rollback-*.json")
    assert json.loads(record.read_bytes())["exit_code"] == 10


def test_a_run_that_only_looks_leaves_nothing(shell: Shell) -> None:
    shell("runs")
    shell("releases")

    assert not shell.var.exists()


def test_a_folder_that_cannot_be_written_is_one_line(shell: Shell, tmp_path: Path) -> None:
    shell.var = tmp_path / "file"
    shell.var.write_text("")
    code, out, err = shell("stop")

    assert (code, err) == (1, "")
    assert out == f"Not a directory: {shell.var / 'local'}\n"
