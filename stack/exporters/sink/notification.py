"""A notification that arrived, whatever protocol brought it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from stack.exporters._messages import Answer, Rejected, text

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
        title: what a person would read first.
        note: what differs from what the real receiver would get.
    """

    arrived: float
    receiver: str
    protocol: str
    status: str
    alerts: tuple[str, ...]
    envs: tuple[str, ...]
    payload: Any
    title: str = ""
    note: str = ""

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


def _taken(notification: Notification) -> Answer:
    del notification
    return text("taken")


def _refused(rejected: Rejected) -> Answer:
    return text(str(rejected), rejected.status)


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a notification comes in.

    Args:
        pattern: the paths that it is POSTed to, as a regular expression.
        read: what makes a notification of such a request and its time of arrival; it raises `Rejected` for
            what the real service would refuse.
        taken: what the sender is told.
        refused: what the sender is told otherwise, in the service's own words.
    """

    pattern: str
    read: Callable[[Request, float], Notification]
    taken: Callable[[Notification], Answer] = _taken
    refused: Callable[[Rejected], Answer] = _refused
