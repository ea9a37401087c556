"""A folder of Grafana in which a change is looked at before it is deployed, under a uid of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.clients.grafana import differences
from stack.errors import HttpFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.clients.grafana import Grafana, Live

__all__ = ["Scratch"]

UID, TITLE = "scratch", "Scratch"
MESSAGE = "invoke dashboards.push"
SUFFIX = "-scratch"
LONGEST = 40
"""The most letters that a uid may have."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """The scratch folder of one Grafana."""

    server: Grafana

    def show(self, model: Mapping[str, Any]) -> tuple[str, bool]:
        """Show a model; give its uid there, and whether it was another one before.

        Raises:
            HttpFailed: Grafana does not answer, or refuses the model.
        """
        scratch = {**model, "uid": _uid(str(model["uid"]))}
        before = self._now(scratch["uid"])
        if before and before.folder == UID and not differences(scratch, before.model):
            return scratch["uid"], False  # every save is a version more, also of the same
        if UID not in self.server.folders():
            self.server.create_folder(UID, TITLE)
        self.server.save(scratch, folder=UID, message=MESSAGE, mark="")
        return scratch["uid"], True

    def clear(self) -> int:
        """Remove the folder with all that is in it, and give how many dashboards that were."""
        if UID not in self.server.folders():
            return 0
        found = self.server.inside(UID)
        self.server.delete_folder(UID)
        return len(found)

    def remove(self, uid: str) -> bool:
        """Remove one dashboard by its uid in its file; say whether it was there."""
        if self._now(_uid(uid)) is None:
            return False
        self.server.delete(_uid(uid))
        return True

    def _now(self, uid: str) -> Live | None:
        try:
            return self.server.dashboard(uid)
        except HttpFailed as failed:
            if failed.status != 404:
                raise
            return None


def _uid(uid: str) -> str:
    return uid[: LONGEST - len(SUFFIX)] + SUFFIX
