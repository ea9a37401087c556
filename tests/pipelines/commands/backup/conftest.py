"""A machine on which cron alone runs jobs by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.doubles.cron import install

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def crontab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the file of the crontab, on a machine without systemd."""
    folder, file = install(tmp_path)
    monkeypatch.setenv("PATH", str(folder))
    return file
