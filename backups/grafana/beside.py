"""What changes in Grafana along with what a restore writes, though the restore does not write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backups.grafana.documents import keyed
from backups.grafana.way_back import Done
from stack.clients.grafana.objects import alert_rules, datasources, permissions, preferences
from stack.clients.grafana.objects import annotations as annotation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from stack.clients.grafana.kind import Document, Kind

    Reading = Callable[[Kind], Iterable[Document]]

__all__ = ["beside"]


def beside(kind: Kind, deleted: Collection[str], read: Reading) -> Iterator[Done]:
    """Give what the writes of a kind may change elsewhere, as it is before them.

    Another data source becomes the default one; a rule goes into another group, and takes the interval of the
    one that it leaves empty with it; with a dashboard goes what hangs on it.

    Args:
        kind: what is written.
        deleted: the uids of dashboards that are deleted.
        read: gives all that there is of another kind.

    Raises:
        HttpFailed: the server does not answer.
        Refused: a file is damaged.
    """
    if deleted:
        yield from _standing(preferences.KIND, read, lambda one: one.get("homeDashboardUID") in deleted)
        yield from _standing(annotation.KIND, read, lambda one: one["dashboardUID"] in deleted)
        yield from _standing(permissions.DASHBOARDS, read, lambda one: one["uid"] in deleted)
    elif kind is datasources.KIND:
        yield from _standing(kind, read, lambda source: bool(source.get("isDefault")))
    elif kind is alert_rules.KIND:
        yield from _standing(alert_rules.GROUPS, read, lambda _: True)


def _standing(kind: Kind, read: Reading, wanted: Callable[[Document], bool]) -> Iterator[Done]:
    found = keyed(kind, read(kind)).items()
    yield from (Done(kind, key, document) for key, document in found if wanted(document))
