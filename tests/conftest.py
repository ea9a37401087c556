"""What tests all over the house share: the real promtool, and examples without a stop-watch."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says something of the machine, and nothing of what is tested.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

CACHE = Path(__file__).parents[1] / "var" / "cache"


@pytest.fixture(scope="session")
def promtool() -> str:
    """Give the path of promtool: that on PATH, else one that a deploy has fetched."""
    cached = (str(path) for path in CACHE.rglob("promtool") if path.is_file() and os.access(path, os.X_OK))
    found = shutil.which("promtool") or next(cached, None)
    if found is None:
        pytest.skip("promtool is neither on PATH nor in the cache: deploy once")
    return found
