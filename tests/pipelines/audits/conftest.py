"""A stack that is safe, and what makes it unsafe, one fault at a time."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.core.audit import Audited, Outside, audit
from tests.caddy import BEHIND, Behind, House, behind, make
from tests.pipelines.core.doubles import Noting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Grafana(BaseHTTPRequestHandler):
    """Answers strangers as the real one does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_response(200 if (self.command, self.path) == ("GET", "/login") else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002


@dataclass
class Scene:
    """A stack whose proxy runs, and what an audit sees of it."""

    house: House
    runtime: Noting

    def found(self, **changes: Any) -> dict[str, Audited]:
        for name, value in changes.items():
            setattr(self.runtime, name, value)
        return {one.name: one for one in audit(Outside(self.house.stack, self.runtime))}

    def said(self, name: str, **changes: Any) -> list[str]:
        return [
            f"{problem.where}: {problem.summary}" for problem in self.found(**changes)[name].report.problems
        ]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Callable[..., Scene]]:
    """Let a stack run, with one fault: a change of what its proxy reads."""
    with ExitStack() as ending:

        def one(
            fault: Callable[[dict[str, Any]], None] | None = None, *, grafana: Any = Grafana, **proxy: Any
        ) -> Scene:
            house = make(tmp_path, **proxy)
            ending.enter_context(house.ending)
            file = house.root / "current" / "proxy" / "caddy.json"
            document = json.loads(file.read_text())
            if fault:
                fault(document)
            file.write_text(json.dumps(document))
            for name in BEHIND:
                handler = grafana if name == "grafana" else Behind
                house.ending.enter_context(behind(house.stack.port(name), handler))
            house.gate()
            house.start()
            return Scene(house, Noting(house.root))

        yield one
