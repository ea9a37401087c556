"""The simulated command center, as a fire drill asks it: its faults, on and off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.errors import HttpFailed

if TYPE_CHECKING:
    from stack.clients.http import Session

__all__ = ["CommandCenter"]


@dataclass(frozen=True, slots=True)
class CommandCenter:
    """One simulated command center."""

    session: Session

    def faults(self) -> dict[str, Any]:
        """Tell which faults are on, which there are, and the services that can have them.

        Raises:
            HttpFailed: there was no answer.
        """
        found: dict[str, Any] = self.session.json("/faults")
        return found

    def switch_on(self, kind: str, service: str = "") -> None:
        """Switch a fault on, for the whole platform where no service is named.

        Raises:
            HttpFailed: there is no such fault or service.
        """
        self._switch("PUT", kind, service)

    def switch_off(self, kind: str, service: str = "") -> None:
        """Switch a fault off; one that is not on stays as it is.

        Raises:
            HttpFailed: there is no such fault or service, or no answer.
        """
        self._switch("DELETE", kind, service)

    def _switch(self, method: str, kind: str, service: str) -> None:
        params = {"service": service} if service else {}
        answer = self.session.request(method, f"/faults/{kind}", params=params)
        if not answer.ok:
            message = f"{answer.status_code} {answer.text.strip()[:300]}".strip()
            raise HttpFailed(method=method, url=answer.url, message=message, status=answer.status_code)
