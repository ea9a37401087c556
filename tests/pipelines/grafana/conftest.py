"""A house for each test, with `/api` alone and with `/apis`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pipelines.grafana.house import House, housed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=["9.4.0", "13.2.1"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with housed(House(tmp_path, request.param)) as made:
        yield made
