"""Data sources, without their secrets.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/data_source/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.clients.grafana.kind import Found, Kind, cut

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document

__all__ = ["KIND"]

LIST = "/api/datasources"
RELOAD = "/api/admin/provisioning/datasources/reload"

NOT_KEPT = (
    *("accessControl", "apiVersion", "id", "orgId", "typeLogoUrl", "typeName", "version"),
    # Where older servers had passwords in the clear.
    *("basicAuthPassword", "password", "secureJsonData"),
)
"""What the server sets, and what would be a secret."""


def _read(api: Api, only: Collection[str] | None) -> Found:
    del only
    uids = [source["uid"] for source in api.json(LIST)]
    there, gone = api.each(lambda uid: api.json(f"{LIST}/uid/{uid}"), uids)
    return Found(tuple(map(_document, there.values())), gone)


def _document(source: Mapping[str, Any]) -> Document:
    fields = sorted(name for name, is_set in (source.get("secureJsonFields") or {}).items() if is_set)
    return {**cut(source, NOT_KEPT), "secureJsonFields": dict.fromkeys(fields, True)}


def _sent(document: Document) -> Document:
    return cut(document, ("secureJsonFields", "readOnly"))


def _filled(document: Document, values: Mapping[str, str]) -> Document:
    return {**document, "secureJsonData": dict(values)} if values else document


def _put_back(api: Api, before: Document, live: Document) -> None:
    if before.get("readOnly"):
        # It lost being the default one, which its file says that it is.
        api.send("POST", RELOAD)
        return
    added = dict.fromkeys(live["secureJsonFields"].keys() - before["secureJsonFields"].keys(), "")
    api.send("PUT", f"{LIST}/uid/{live['uid']}", _sent(_filled(before, added)))


KIND = Kind(
    name="datasources",
    noun="data source",
    read=_read,
    create=lambda api, kept: api.send("POST", LIST, _sent(kept)),
    # A secret that is not sent stays as it is.
    overwrite=lambda api, kept, live: api.send("PUT", f"{LIST}/uid/{live['uid']}", _sent(kept)),
    delete=lambda api, live: api.send("DELETE", f"{LIST}/uid/{live['uid']}"),
    put_back=_put_back,
    called=lambda document: f"{document['name']} ({document['uid']})",
    aside=("readOnly",),
    shipped=lambda document: bool(document.get("readOnly")),
    secrets=lambda document: tuple(document["secureJsonFields"]),
    filled=_filled,
    refers=True,
)
