"""What the image of the pipelines is made of; that it runs them is seen on a real engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stack.assemble import services
from stack.binaries import resolve
from stack.clients import pip
from stack.environment import Environment
from stack.errors import Refused
from stack.images import carried, pipelines_code, pipelines_reference
from stack.imaging import pipelines
from stack.imaging.layer import plain, write
from tests.programs import CACHE

if TYPE_CHECKING:
    from pathlib import Path

    from stack.imaging.building import Builder

PROGRAMS = carried(services())


def environment(**sections: object) -> Environment:
    return Environment.model_validate({"name": "test", **sections})


def test_all_that_invoke_reads_is_in_it_and_no_test_and_no_bytecode() -> None:
    files = pipelines_code().files

    assert {"tasks.py", "requirements.lock", "stack/environments/base.yaml", "rules/pipeline.yml"} <= set(
        files
    )
    assert {"backups/sources/metrics.py", "pipelines/clock/__main__.py", "stack/images.lock"} <= set(files)
    assert not [path for path in files if path.endswith(".pyc") or path.startswith(("tests/", "var/"))]


def test_what_draws_pictures_stays_out() -> None:
    names = {line.partition("==")[0] for line in pipelines.pins().splitlines() if "==" in line}

    assert {"invoke", "pydantic-core", "docker", "supervisor"} <= names
    assert not names & {"matplotlib", "numpy", "pytest", "mypy"}
    assert pipelines.pins().count("--hash=sha256:") > len(names)


def test_another_version_of_a_program_is_another_image() -> None:
    usual = pipelines_reference(environment(), PROGRAMS)
    other = pipelines_reference(environment(versions={"prometheus": "3.4.0"}), PROGRAMS)

    assert usual.startswith("monitoring/pipelines:")
    assert other != usual
    assert pipelines_reference(environment(retention="30d"), PROGRAMS) == usual


@pytest.mark.parametrize(("version", "fits"), [("3.11", True), ("3.14", True), ("3.9", False)])
def test_a_suite_with_too_old_a_python_is_refused(version: str, fits: bool, tmp_path: Path) -> None:
    names = (f"usr/bin/python{version}", "usr/bin/python3", f"usr/lib/python{version}/os.py")
    layer = write({name: plain(b"") for name in names}, tmp_path / "layer.tar")
    if fits:
        assert pipelines.python_of(layer) == version
        return
    with pytest.raises(Refused, match=r"the suite has Python 3\.9, and the pipelines need 3\.11") as caught:
        pipelines.python_of(layer)
    assert caught.value.advice == "name a newer one: `binaries: {suite: …}`"


def test_a_python_without_pip_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pip, "find_spec", lambda _: None)
    with pytest.raises(Refused, match="this Python has no pip"):
        pip.install("", tmp_path / "x", "3.14", "amd64")


@pytest.mark.integration
def test_it_lists_every_task_and_has_what_a_backup_and_a_drill_start(
    builder: Builder, environment: Environment
) -> None:
    wanted = environment.model_copy(update={"images": "built", "exact_versions": False})
    found = resolve(PROGRAMS, wanted, CACHE, tell=lambda _: None, progress=lambda *_: None)
    done = builder.pipelines(PROGRAMS, found, wanted)

    def ran(*words: str, entrypoint: str = "/usr/bin/python3") -> str:
        run: Any = builder.engine.containers.run
        given = {"network_mode": "none", "read_only": True, "user": "1234:1234", "cap_drop": ["ALL"]}
        more = {"tmpfs": {"/tmp": ""}, "environment": {"MONITORING_VAR": "/tmp/var"}, "remove": True}
        said: bytes = run(done.reference, [*words], entrypoint=[entrypoint], **given, **more)
        return said.decode()

    assert not builder.pipelines(PROGRAMS, found, wanted).fresh
    search = ("-m", "invoke", "--search-root", f"/{pipelines.CODE}")
    listed = json.loads(ran(*search, "--list", "--list-format=json"))
    assert "backup" in {one["name"] for one in listed["collections"]}
    for program in ("prometheus", "promtool", "alertmanager", "amtool"):
        assert "version" in ran("--version", entrypoint=f"/usr/bin/{program}")
    assert ran("version", entrypoint="/usr/bin/restic").startswith("restic ")
    assert "usage" in ran("-h", entrypoint="/usr/bin/setpriv").lower()
    assert "supervisord" in ran("-E", "-m", "supervisor.supervisord", "--help")
