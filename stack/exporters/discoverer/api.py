"""The discoverer's pages: read-only facts, so that nobody else needs the engine's socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.exporters._messages import Answer, Rejected, Request, Route, document, text
from stack.exporters.discoverer.engine import EngineFailed
from stack.exporters.discoverer.facts import facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.exporters.discoverer.board import Board
    from stack.exporters.discoverer.containers import Container
    from stack.exporters.discoverer.engine import Engine

__all__ = ["Pages"]

FILTERS = ("label", "name", "project")


class Pages:
    """What can be read."""

    def __init__(self, engine: Engine, board: Board) -> None:
        self._engine, self._board = engine, board

    @property
    def routes(self) -> tuple[Route, ...]:
        """The pages, before those that every program has."""
        return (
            Route("GET", "/containers", self._containers),
            Route("GET", "/targets", self._targets),
            Route("GET", "/-/ready", self._ready),
        )

    def _containers(self, request: Request) -> Answer:
        """Give facts on all containers, or on those of a `name`, a `project` or with a `label`."""
        if unknown := request.query.keys() - set(FILTERS):
            raise Rejected(400, f"there is no filter {min(unknown)}; there are {', '.join(FILTERS)}")
        if not self._board.connected:
            raise Rejected(503, f"the container engine is away: {self._board.trouble or 'not asked yet'}")
        chosen = [one for one in self._board.containers if _fits(one, request.query)]
        try:
            return document(facts(self._engine, chosen, self._board.oom_kills))
        except EngineFailed as error:
            raise Rejected(503, str(error)) from error

    def _targets(self, request: Request) -> Answer:
        del request
        found = self._board.found
        refused = [{"container": r.container, "about": r.about, "line": r.line} for r in found.refusals]
        return document({"targets": found.groups, "refused": refused})

    def _ready(self, request: Request) -> Answer:
        """Say whether the engine was asked: that it is away is a metric, and no reason to undo a deploy."""
        del request
        return text("ready") if self._board.tried.is_set() else text("the engine was not asked yet", 503)


def _fits(container: Container, query: Mapping[str, str]) -> bool:
    return all(_meets(container, query))


def _meets(container: Container, query: Mapping[str, str]) -> Iterator[bool]:
    if "name" in query:
        yield container.name == query["name"]
    if "project" in query:
        yield container.project == query["project"]
    if "label" in query:
        key, equals, value = query["label"].partition("=")
        yield container.labels.get(key) == value if equals else key in container.labels
