"""The real promtool, and a site with rules, for the verbs that run tests of rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.pipelines.commands.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


@pytest.fixture(scope="session")
def promtool(promtool: str) -> Path:
    return Path(promtool)


@pytest.fixture
def site(tmp_path: Path, promtool: Path) -> Site:
    return Site(tmp_path, promtool)


@pytest.fixture
def ran(site: Site, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[str]]]:
    """Run a verb, and give its exit code and its lines."""

    def run(verb: ModuleType, **options: Any) -> tuple[int, list[str]]:
        capsys.readouterr()
        code: int = verb.run(site.effects(**options))
        return code, capsys.readouterr().out.splitlines()

    return run
