"""Grafana's part of a snapshot as files for other tools: what Grafana's own one pulls lies as it lays it.

Source: https://grafana.com/docs/grafana/latest/ai-tools/grafana-cli/gcx/guides/manage-resources/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backups.digests import files
from backups.grafana.documents import read
from stack.clients.grafana.kind import cut, named
from stack.clients.grafana.objects import dashboards, folders
from stack.clients.grafana.resources import FOLDER
from stack.emit import to_json

if TYPE_CHECKING:
    from pathlib import Path

    from stack.clients.grafana.kind import Document

__all__ = ["portable"]

VERSION = "v1beta1"
"""The oldest that has both kinds: Grafana 12 came with it, and later ones still take it.

A dashboard that is stored in the schema v2 keeps the version in which it is.
"""


def portable(folder: Path) -> dict[str, bytes]:
    """Give every object by its path: `resources/<plural>.<version>.<group>/<uid>.json`, or below `objects/`.

    Folders and dashboards are resources; all else has no form there that every server takes, and is as it was
    captured.

    Raises:
        Refused: a file is damaged.
    """
    made = {_path("folders", one): to_json(_folder(one)) for one in read(folder, folders.KIND)}
    made |= {_path("dashboards", one): to_json(_dashboard(one)) for one in read(folder, dashboards.KIND)}
    for file in files(folder):
        path = file.relative_to(folder)
        if path.parts[0] not in {folders.KIND.name, dashboards.KIND.name}:
            made[f"objects/{path.as_posix()}"] = file.read_bytes()
    return made


def _path(plural: str, document: Document) -> str:
    return f"resources/{plural}.{_version(document)}.{plural[:-1]}.grafana.app/{named(document['uid'])}.json"


def _version(document: Document) -> str:
    return str(document[dashboards.NEWER]["version"] if dashboards.NEWER in document else VERSION)


def _folder(document: Document) -> dict[str, Any]:
    return _resource("Folder", document, document["parentUid"], {"title": document["title"]})


def _dashboard(document: Document) -> dict[str, Any]:
    newer = document.get(dashboards.NEWER)
    spec = newer["spec"] if newer else cut(document["model"], ("uid",))
    return _resource("Dashboard", document, document["folderUid"], spec)


def _resource(kind: str, document: Document, above: str, spec: dict[str, Any]) -> dict[str, Any]:
    annotations = {"annotations": {FOLDER: above}} if above else {}
    return {
        "apiVersion": f"{kind.lower()}.grafana.app/{_version(document)}",
        "kind": kind,
        "metadata": {"name": document["uid"], "namespace": "default", **annotations},
        "spec": spec,
    }
