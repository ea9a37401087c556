"""A stack in memory that is live, and what the lines of the checklist see of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from pipelines.core.checklist import Look
from stack.load import load
from tests.pipelines.checklists.looking import GOOD
from tests.pipelines.core.doubles import Noting, effects

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def runtime(tmp_path: Path) -> Noting:
    return Noting(tmp_path / "local").deployed(GOOD)


@pytest.fixture
def look(tmp_path: Path, runtime: Noting) -> Look:
    return Look(effects(tmp_path, runtime), load("local"), time.time())
