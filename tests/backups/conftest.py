"""What all tests of backups share: no long pauses between tries."""

from __future__ import annotations

import pytest

from stack.clients.grafana import patient


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient, "PAUSE", 0.01)
