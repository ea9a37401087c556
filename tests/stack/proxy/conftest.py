"""Houses whose proxy runs."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.caddy import BEHIND, House, behind, make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Make houses by their proxy's settings, and end all that runs in them."""
    with ExitStack() as ending:

        def one(**proxy: Any) -> House:
            house = make(tmp_path, **proxy)
            ending.enter_context(house.ending)
            return house

        yield one


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in which everything runs."""
    made = make(tmp_path_factory.mktemp("house"))
    with made.ending:
        for name in BEHIND:
            made.ending.enter_context(behind(made.stack.port(name)))
        made.gate()
        yield made.start()
