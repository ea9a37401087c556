"""The real promtool, for the verbs that run it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pipelines.checks.conftest import tool

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def promtool() -> Path:
    found = tool("promtool")
    if found is None:
        pytest.skip("promtool not found on PATH or in var/cache")
    return found
