"""The Grafana of what is live, and what was rendered for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.core.recall import recall_live
from stack.errors import Refused

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from stack.clients.grafana import Grafana
    from stack.dashboards.live import Edit, Shown
    from stack.runtimes.protocol import Release

__all__ = ["LiveGrafana", "live_grafana"]


@dataclass(frozen=True, slots=True)
class LiveGrafana:
    """The Grafana of one live release.

    Args:
        release: what is live.
        server: its Grafana, logged in to.
    """

    release: Release
    server: Grafana

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://{self.release.stack.address('grafana')}"

    def shown(self) -> Shown:
        """Look at all that it shows of ours.

        Raises:
            HttpFailed: it does not answer.
        """
        from stack.dashboards.live import shown  # brings Grafana's client along
        from stack.services.grafana import FOLDER, rendered_dashboards

        return shown(self.server, rendered_dashboards(self.release.tree), FOLDER)

    def edits(self, found: Shown) -> tuple[Edit, ...]:
        """Give what is not as it was rendered, and who edited it.

        Raises:
            HttpFailed: it does not answer.
        """
        from stack.dashboards.live import edits

        return tuple(edits(self.server, found))


def live_grafana(effects: Effects) -> LiveGrafana:
    """Give the Grafana of what is live.

    Raises:
        NothingKept: nothing was deployed yet.
        Refused: no Grafana belongs to it.
    """
    from stack.clients.grafana import Grafana  # not for `--list`

    release = recall_live(effects)
    if "grafana" not in release.stack.services:
        message = f"no Grafana runs in environment {effects.options.environment}"
        raise Refused(message=message, hint="put a `grafana` on PATH and deploy")
    return LiveGrafana(release, Grafana(effects.runtime.door(release.stack, "grafana")))
