"""Fixtures of the scenarios: a lab, or one that is already deployed."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stack.sources.path import read_version
from tests import lab as labs
from tests.backups.grafana_everything import SECRETS
from tests.compose_lab import compose_lab
from tests.doubles.grafana import install
from tests.lab import EVERY
from tests.real import real_grafana

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.compose_lab import ComposeLab
    from tests.lab import Lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with labs.lab(tmp_path) as made:
        yield made


@pytest.fixture
def deployed(lab: Lab) -> Lab:
    lab.invoke("deploy").ok()
    return lab


@pytest.fixture(params=["double", pytest.param("real", marks=pytest.mark.grafana)])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give the path of a Grafana."""
    if request.param == "double":
        return install(tmp_path / "grafana")
    if not real_grafana():
        pytest.skip("there is no `grafana` on PATH and no GRAFANA_BIN")
    return Path(real_grafana())


@pytest.fixture
def grafana(lab: Lab, program: Path) -> Lab:
    """A deployed lab with a Grafana, and of dashboards only the overview."""
    others = [stem for stem in EVERY if stem != "overview"]
    return with_grafana(lab, program, dashboards=others)


@pytest.fixture
def guarded(lab: Lab, program: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Another one whose environment has what is secret of the objects that people make there."""
    for name, value in SECRETS.values():
        monkeypatch.setenv(name, value)
    others = [stem for stem in EVERY if stem != "overview"]
    secrets = {agreed: f"env:{name}" for agreed, (name, _) in SECRETS.items()}
    return with_grafana(lab, program, secrets, dashboards=others)


@pytest.fixture
def whole(lab: Lab, program: Path) -> Lab:
    """A deployed lab with a Grafana and every dashboard."""
    return with_grafana(lab, program)


def with_grafana(
    lab: Lab, program: Path, secrets: Mapping[str, str] | None = None, **disable: list[str]
) -> Lab:
    # Whichever version that is: without it one of another major version than the pin would be left out.
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=True)
    wanted = {"grafana": read_version(said.stdout)}
    paths = {"grafana": str(program)}
    lab.environment(disable=disable, binaries={"paths": paths}, versions=wanted, secrets=dict(secrets or {}))
    lab.invoke("deploy").ok()
    return lab


@pytest.fixture(scope="session")
def shared_compose(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeLab]:
    """One stack in containers for every test that leaves it as it was: each deploy costs half a minute."""
    with compose_lab(tmp_path_factory.mktemp("compose")) as made:
        made.invoke("deploy").ok()
        yield made


@pytest.fixture
def compose(shared_compose: ComposeLab) -> Iterator[ComposeLab]:
    """The shared stack; what a test has written into its site is taken away, and it is healed."""
    yield shared_compose
    for path in (shared_compose.site / "rules").glob("*.yml"):
        path.unlink()
    shared_compose.environment()
    shared_compose.invoke("deploy").ok()
