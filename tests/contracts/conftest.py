"""The contract of runtimes is asked of each kind: in memory, as processes, and as containers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from stack.clients.ports import is_free
from stack.runtimes.compose import Compose
from tests.contracts.bench import RUNTIMES, TEXTS, Bench
from tests.contracts.tiny import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(
    params=[
        "fake",
        pytest.param("native", marks=pytest.mark.integration),
        pytest.param("compose", marks=pytest.mark.integration),
    ]
)
def bench(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    runtime, settings = RUNTIMES[request.param](tmp_path / f"tiny-{uuid4().hex[:8]}", monkeypatch)
    made = Bench(runtime, {name: free_port() for name in TEXTS}, settings)
    assert runtime.claim("a test") is None
    try:
        yield made
    finally:
        runtime.stop()
        if isinstance(runtime, Compose):
            runtime.destroy(keep_data=False)
    assert all(map(is_free, made.ports.values()))
