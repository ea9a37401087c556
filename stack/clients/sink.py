"""The notification sink, as the verbs ask it: what arrived, when, for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stack.clients.http import Session

__all__ = ["Sink"]


@dataclass(frozen=True, slots=True)
class Sink:
    """One sink."""

    session: Session

    def notifications(self, *, since: float = 0.0) -> list[dict[str, Any]]:
        """List what arrived since a Unix time, the newest last: receiver, status, alerts, envs, payload.

        Raises:
            HttpFailed: there was no answer.
        """
        found: list[dict[str, Any]] = self.session.json("/notifications", since=f"{since:.6f}")
        return found
