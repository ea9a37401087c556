"""Alert rules that Grafana evaluates, and how often each group of them is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from stack.clients.grafana.kind import Found, Kind, named
from stack.clients.grafana.objects._alerting import (
    BASE,
    PROVENANCE,
    TAKEN,
    delete,
    is_from_file,
    kept_of,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document

__all__ = ["GROUPS", "KIND"]

LIST = "alert-rules"


def _read(api: Api, only: Collection[str] | None) -> Found:
    del only
    return Found(tuple(map(kept_of, api.json(f"{BASE}/{LIST}") or ())))


def _overwrite(api: Api, kept: Document, live: Document) -> None:
    write(api, "PUT", f"{LIST}/{kept['uid']}", kept, live)


def _read_groups(api: Api, only: Collection[str] | None) -> Found:
    del only
    provenances: dict[str, str] = {}
    for rule in _read(api, None).documents:
        name = _group(rule["folderUID"], rule["ruleGroup"])
        provenances[name] = provenances.get(name) or rule[PROVENANCE]
    there, gone = api.each(lambda name: api.json(f"{BASE}/{name}"), sorted(provenances))
    return Found(tuple(_group_document(there[name], provenances[name]) for name in there), gone)


def _group(folder: str, title: str) -> str:
    return f"folder/{quote(folder, safe='')}/rule-groups/{quote(title, safe='')}"


def _group_document(group: Mapping[str, Any], provenance: str) -> Document:
    """Give a group as it is kept; of its rules it does not say where they come from."""
    return {**{key: group[key] for key in ("folderUid", "title", "interval")}, PROVENANCE: provenance}


def _overwrite_group(api: Api, kept: Document, live: Document) -> None:
    """Give a group another interval, with whatever rules are in it now: a write takes all others away."""
    path = _group(kept["folderUid"], kept["title"])
    group = api.json(f"{BASE}/{path}")
    write(api, "PUT", path, {**group, "interval": kept["interval"], PROVENANCE: kept[PROVENANCE]}, live)


KIND = Kind(
    name="alert_rules",
    noun="alert rule",
    read=_read,
    create=lambda api, kept: write(api, "POST", LIST, kept),
    overwrite=_overwrite,
    delete=lambda api, live: delete(api, f"{LIST}/{live['uid']}", live),
    called=lambda document: f"{document['title']} ({document['uid']})",
    aside=(PROVENANCE,),
    shipped=is_from_file,
    refers=True,
    refused=TAKEN,
)

GROUPS = Kind(
    name="alert_rule_groups",
    noun="alert rule group",
    read=_read_groups,
    overwrite=_overwrite_group,
    key=lambda document: f"{document['folderUid']}/{document['title']}",
    path=lambda document: f"{named(document['folderUid'])}/{named(document['title'])}",
    aside=(PROVENANCE,),
    shipped=is_from_file,
    refused=TAKEN,
)
