"""Our own programs' pages on a free port, for as long as a test wants them."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stack.exporters._server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stack.exporters._messages import Route

__all__ = ["serving"]


@contextmanager
def serving(routes: Sequence[Route]) -> Iterator[str]:
    """Serve routes, and give their address."""
    with Server(("127.0.0.1", 0)) as server:
        server.routes = tuple(routes)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()
