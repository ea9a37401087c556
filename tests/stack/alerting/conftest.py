"""The real programs that our evaluators are held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.clients.amtool import Amtool
from tests.tools import tools

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def amtool() -> Amtool:
    return Amtool(tools("amtool")["amtool"])


@pytest.fixture(scope="session")
def alertmanager() -> Path:
    return tools("alertmanager")["alertmanager"]
