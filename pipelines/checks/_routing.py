"""The routing tests of an environment, as the checks that ask them see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import ALERTMANAGER
from stack.clients.amtool import Amtool
from stack.documents import mappings
from stack.routing_tests import Read, read

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pipelines.core.check import Inspection

__all__ = ["receivers", "refused", "routing_tests", "tells", "told"]


def routing_tests(inspection: Inspection) -> Read:
    """Read them; there are none where no Alertmanager runs, or no file is there."""
    path = inspection.stack.routing_tests
    if path is None or ALERTMANAGER not in inspection.tree.files:
        return Read()
    return read(path, inspection.stack)


def receivers(inspection: Inspection) -> dict[str, int]:
    """Give the position of each receiver, by its name."""
    found = mappings(inspection.alertmanager.get("receivers"))
    return {str(body.get("name")): index for index, body in found}


def refused(inspection: Inspection) -> bool:
    """Say whether Alertmanager would refuse its configuration: that is for `amtool_config` to tell."""
    verdicts = Amtool(inspection.tools["amtool"]).check_config(inspection.folder / "current" / ALERTMANAGER)
    return any(verdict.fatal for verdict in verdicts)


def tells(receiver: Mapping[str, Any]) -> bool:
    """Say whether a receiver has an integration, and so tells somebody."""
    return any(str(key).endswith("_configs") and value for key, value in receiver.items())


def told(names: object) -> str:
    """Write down who is told."""
    return ", ".join(map(str, names)) if isinstance(names, list | tuple) and names else "nobody"
