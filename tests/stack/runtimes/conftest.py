"""A native runtime with tiny services, in a folder of one test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.clients.ports import is_free
from stack.runtimes.native import Native
from tests.contracts.tiny import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ports() -> dict[str, int]:
    return {"alpha": free_port(), "beta": free_port()}


@pytest.fixture
def native(tmp_path: Path, ports: dict[str, int]) -> Iterator[Native]:
    made = Native(tmp_path / "tiny", lambda _: {})
    try:
        yield made
    finally:
        made.stop()
    assert all(map(is_free, ports.values()))
