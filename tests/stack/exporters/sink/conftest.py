"""A sink that listens, for the tests of its doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.exporters.sink.api import routes
from stack.exporters.sink.metrics import SinkCollector
from stack.exporters.sink.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from stack.clients.http import Session


@pytest.fixture
def sink(serve: Callable[..., Session]) -> Session:
    store = Store()
    return serve(routes(store), SinkCollector(store))
