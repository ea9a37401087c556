"""The real promtool, and a site with rules, for the verbs that run tests of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.pipelines.checks.conftest import tool
from tests.pipelines.commands.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType


@pytest.fixture(scope="session")
def promtool() -> Path:
    found = tool("promtool")
    if found is None:
        pytest.skip("promtool not found on PATH or in var/cache")
    return found


@pytest.fixture
def site(tmp_path: Path, promtool: Path) -> Site:
    return Site(tmp_path, promtool)


@pytest.fixture
def ran(site: Site, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[str]]]:
    """Run a verb, and give its exit code and its lines."""

    def run(verb: ModuleType, **options: Any) -> tuple[int, list[str]]:
        capsys.readouterr()
        return verb.run(site.effects(**options)), capsys.readouterr().out.splitlines()

    return run
