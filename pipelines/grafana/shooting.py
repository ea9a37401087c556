"""Pictures of dashboards as a real Grafana draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.documents import dig, mappings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stack.clients.chromium import Chromium
    from stack.clients.grafana.door import Door

__all__ = ["Camera", "height"]

STEP = 38
"""Pixels of one row of Grafana's grid, its gap with it."""

HEAD = 140
"""Pixels above the grid: the row of variables, and some room."""

SETTLE = 20.0
"""Seconds of the page's own clock in which its panels must have drawn; they pass as fast as answers come."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A browser before an opened door.

    Args:
        browser: takes the pictures.
        door: the open door of Grafana.
    """

    browser: Chromium
    door: Door

    def shoot(self, model: Mapping[str, Any], picture: Path) -> None:
        """Take a picture of a dashboard, as tall as it is.

        Raises:
            CommandFailed: the browser gives none.
        """
        address = self.door.ticket(f"/d/{model['uid']}?kiosk")
        self.browser.shoot(address, picture, height=height(model), settle=SETTLE)


def height(model: Mapping[str, Any]) -> int:
    """Give the height of a dashboard in pixels; what a folded row holds is not seen."""
    ends = [
        (dig(panel, "gridPos", "y") or 0) + (dig(panel, "gridPos", "h") or 1)
        for _, panel in mappings(model.get("panels"))
    ]
    return HEAD + STEP * max(ends, default=0)
