"""Grafana starts with these data sources: two defaults, or two of one uid, and it does not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pipelines.checks._provisioned import provisioned
from pipelines.core.check import Check
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    sources = list(provisioned(inspection))
    for key in ("uid", "name"):
        counts = Counter((_organisation(body), str(body.get(key))) for _, body in sources if body.get(key))
        for where, body in sources:
            if counts[_organisation(body), str(body.get(key))] > 1:
                yield Problem("data_sources", where, f"two data sources have the {key} '{body.get(key)}'")
    yield from _without_uid(sources)
    yield from _defaults(sources)


def _organisation(body: Mapping[str, Any]) -> str:
    return str(body.get("orgId") or 1)


def _without_uid(sources: list[tuple[str, Mapping[str, Any]]]) -> Iterator[Problem]:
    for where, body in sources:
        if not body.get("uid"):
            hint = "dashboards name it by uid; Grafana would make up another on each machine"
            yield Problem("data_sources", where, f"data source '{body.get('name')}' has no uid", hint=hint)


def _defaults(sources: list[tuple[str, Mapping[str, Any]]]) -> Iterator[Problem]:
    taken: set[str] = set()
    for where, body in sources:
        if body.get("isDefault") is True:
            if _organisation(body) in taken:
                hint = "Grafana refuses to start; let one of them be it"
                yield Problem("data_sources", where, "a second data source is the default one", hint=hint)
            taken.add(_organisation(body))


CHECK = Check(proves="one data source is the default, and each has a name and uid of its own", run=_run)
