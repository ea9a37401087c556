"""What a small HTTP program takes and gives: requests, answers, and the routes between them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Answer", "Rejected", "Request", "Route", "answer", "document", "text"]


class Rejected(Exception):
    """A request that cannot be served as it is: a status and one line for its sender."""

    def __init__(self, status: int, line: str) -> None:
        super().__init__(line)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """One request, its path decoded; `parts` are the named parts of the path that its route found.

    `media` is the media type of its body, in lower case, empty where none is said; the names of `headers`
    are in lower case, too, and of several with one name the first counts.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    accept: str = ""
    media: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def json(self) -> Any:
        """Read the body as JSON.

        Raises:
            Rejected: it is none.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Rejected(400, f"the body is no JSON: {error}") from error


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its body, its status and its media type, and headers beyond the usual ones."""

    body: bytes
    status: int = 200
    media: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """Which function answers a method on the paths that match a regular expression in full."""

    method: str
    pattern: str
    answer: Callable[[Request], Answer]


def text(line: str, status: int = 200) -> Answer:
    """Answer with one line."""
    return Answer(f"{line}\n".encode(), status)


def document(value: object, status: int = 200) -> Answer:
    """Answer with a JSON document."""
    return Answer(json.dumps(value).encode(), status, "application/json")


def answer(routes: Sequence[Route], request: Request) -> Answer:
    """Let the first route that fits answer; say what there is where none does."""
    matches = [(route, match) for route in routes if (match := re.fullmatch(route.pattern, request.path))]
    for route, match in matches:
        if route.method == request.method:
            return _served(route, request, match.groupdict())
    if not matches:
        return text(f"there is no page {request.path}", 404)
    allowed = ", ".join(sorted({route.method for route, _ in matches}))
    return Answer(f"{request.path} takes only {allowed}\n".encode(), 405, headers={"Allow": allowed})


def _served(route: Route, request: Request, parts: Mapping[str, str]) -> Answer:
    try:
        return route.answer(replace(request, parts=parts))
    except Rejected as rejected:
        return text(str(rejected), rejected.status)
