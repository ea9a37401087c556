"""Fixtures of the scenarios: a lab, or one that is already deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import lab as labs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab import Lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with labs.lab(tmp_path) as made:
        yield made


@pytest.fixture
def deployed(lab: Lab) -> Lab:
    lab.invoke("deploy").ok()
    return lab
