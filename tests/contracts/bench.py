"""What the contract of runtimes is asked of: a runtime of each kind, and the world around it."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.runtimes.native import Native
from tests.contracts.containers import compose_runtime
from tests.contracts.tiny import tiny
from tests.doubles.runtime import FakeRuntime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from stack.runtimes.protocol import Release, Runtime

__all__ = ["RUNTIMES", "TEXTS", "Bench"]

TEXTS = {"alpha": "one", "beta": "one"}


@dataclass
class Bench:
    """A runtime, and what a test does to the world around it."""

    runtime: Runtime
    ports: dict[str, int]
    settings: dict[str, Any]

    def release(self, texts: dict[str, str] | None = None, **more: Any) -> Release:
        return tiny(self.ports, texts or TEXTS, **more, **self.settings, files=self.runtime.files)

    def pids(self, release: Release) -> dict[str, int | None]:
        return {status.service: status.pid for status in self.runtime.status(release.stack)}

    def states(self, release: Release) -> list[tuple[str, bool]]:
        return [(status.state, status.ready) for status in self.runtime.status(release.stack)]

    @contextmanager
    def another_on(self, port: int) -> Iterator[None]:
        if isinstance(self.runtime, FakeRuntime):
            self.runtime.taken[port] = "somebody (pid 1)"
            yield
            del self.runtime.taken[port]
        else:
            with socket.create_server(("127.0.0.1", port)):
                yield


def _accepts(release: Release, service: str) -> bool:
    return release.tree.files[f"{service}/text"] != b"refuse"


def _fake(folder: Path, patch: pytest.MonkeyPatch) -> tuple[Runtime, dict[str, Any]]:
    del patch
    return FakeRuntime(folder, accepts=_accepts), {}


def _native(folder: Path, patch: pytest.MonkeyPatch) -> tuple[Runtime, dict[str, Any]]:
    del patch
    return Native(folder, lambda _: {}), {}


def _compose(folder: Path, patch: pytest.MonkeyPatch) -> tuple[Runtime, dict[str, Any]]:
    return compose_runtime(folder, patch), {"runtime": "compose", "doors": "loopback", "images": "built"}


RUNTIMES = {"fake": _fake, "native": _native, "compose": _compose}
