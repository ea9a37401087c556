"""Fixtures of the scenarios: a lab, or one that is already deployed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import lab as labs
from tests.doubles.grafana import install
from tests.real import real_grafana

if TYPE_CHECKING:
    from collections.abc import Iterator

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
def grafana(request: pytest.FixtureRequest, lab: Lab, tmp_path: Path) -> Lab:
    """A deployed lab with a Grafana."""
    if request.param == "real" and not real_grafana():
        pytest.skip("there is no `grafana` on PATH and no GRAFANA_BIN")
    program = Path(real_grafana()) if request.param == "real" else install(tmp_path / "grafana")
    lab.environment(disable={"services": []}, binaries={"paths": {"grafana": str(program)}})
    lab.invoke("deploy").ok()
    return lab
