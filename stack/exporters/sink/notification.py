"""A notification that arrived, whatever protocol brought it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from stack.exporters._messages import Answer, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from stack.exporters._messages import Request

__all__ = ["Notification", "Protocol"]


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification.

    Args:
        arrived: Unix time.
        receiver: whom it was for.
        protocol: what brought it.
        status: `firing` or `resolved`.
        alerts: the names of its alerts.
        envs: the environments that they are of.
        payload: the whole of it, as it came.
    """

    arrived: float
    receiver: str
    protocol: str
    status: str
    alerts: tuple[str, ...]
    envs: tuple[str, ...]
    payload: Any

    def serialise(self) -> dict[str, Any]:
        """Give it as a JSON-ready mapping."""
        return asdict(self)

    @classmethod
    def parse(cls, line: bytes) -> Notification:
        """Read one line of a store.

        Raises:
            ValueError: it is no notification, or not the whole of one.
        """
        try:
            kept = cls(**json.loads(line))
        except TypeError as error:
            raise ValueError(str(error)) from error
        return cls(**{**asdict(kept), "alerts": tuple(kept.alerts), "envs": tuple(kept.envs)})


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a notification comes in over HTTP.

    Args:
        pattern: the paths that it is POSTed to, as a regular expression.
        read: what makes a notification of such a request and its time of arrival; it may raise `Rejected`.
        answer: what the sender is told.
    """

    pattern: str
    read: Callable[[Request, float], Notification]
    answer: Answer = field(default_factory=lambda: text("taken"))
