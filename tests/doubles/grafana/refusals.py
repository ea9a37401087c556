"""How the double says no: at its start, and to a request."""

from __future__ import annotations

__all__ = ["Accepted", "Answer", "Created", "StartRefused"]


class Created(dict):  # type: ignore[type-arg] # JSON holds anything
    """A document that is answered with 201."""


class Accepted(dict):  # type: ignore[type-arg] # JSON holds anything
    """A document that is answered with 202."""


class StartRefused(Exception):
    """The server does not start, and says this as its last word."""


class Answer(Exception):
    """An answer other than 200, on its way out."""

    def __init__(self, status: int, message: str = "", /, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, **more} if message else None
