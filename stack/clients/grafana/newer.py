"""Dashboards in the schema v2, which has tabs and much else that the older one has not.

A server that has it gives each dashboard in the older schema as well, and does not say what that lacks.

Source: https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/apis/
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stack.clients.grafana.resources import FOLDER, GROUP, MESSAGE, dashboards, items, versions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.clients.http import Session

__all__ = ["Newer"]

OLDER = ("v1", "v1beta1")
"""In these a list says of each dashboard in which version it is stored."""

PAGE = 500


@dataclass(frozen=True)
class Newer:
    """What a server stores in the schema v2.

    Args:
        session: to the server, logged in.
    """

    session: Session

    @cached_property
    def versions(self) -> frozenset[str]:
        """The versions of the schema v2 that the server has."""
        return frozenset(version for version in self._all if version.startswith("v2"))

    def stored(self) -> Mapping[str, str]:
        """Name the dashboards that are stored in it, and their versions.

        Raises:
            HttpFailed: no answer, or a refusal.
        """
        older = next((version for version in OLDER if version in self._all), "")
        if not (older and self.versions):
            return {}
        found = {
            item["metadata"]["name"]: _stored(item) for item in items(self.session, dashboards(older), PAGE)
        }
        return {uid: version for uid, version in found.items() if version in self.versions}

    def spec(self, uid: str, version: str) -> Mapping[str, Any]:
        """Give one as it is stored.

        Raises:
            HttpFailed: with status 404 where there is none.
        """
        found: Mapping[str, Any] = self.session.json(f"{dashboards(version)}/{uid}")["spec"]
        return found

    def save(  # noqa: PLR0913 # what a dashboard is
        self, uid: str, version: str, spec: Mapping[str, Any], *, folder: str, message: str, new: bool
    ) -> None:
        """Save one, as a new one or on top of whatever is there.

        Raises:
            HttpFailed: with status 409 where one that is to be new is there.
        """
        document = {
            "apiVersion": f"{GROUP.rpartition('/')[2]}/{version}",
            "kind": "Dashboard",
            "metadata": {
                "name": uid,
                "annotations": {MESSAGE: message, **({FOLDER: folder} if folder else {})},
            },
            "spec": spec,
        }
        if new:
            self.session.post(dashboards(version), document)
        else:
            self.session.put(f"{dashboards(version)}/{uid}", document)

    @cached_property
    def _all(self) -> tuple[str, ...]:
        return versions(self.session)


def _stored(item: Mapping[str, Any]) -> str:
    conversion = (item.get("status") or {}).get("conversion") or {}
    return str(conversion.get("storedVersion") or "")
