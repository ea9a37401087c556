"""Service accounts, with the names of their tokens.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/serviceaccount/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.clients.grafana.kind import Found, Kind

if TYPE_CHECKING:
    from collections.abc import Collection

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document

__all__ = ["KIND"]

LIST = "/api/serviceaccounts"


def _read(api: Api, only: Collection[str] | None) -> Found:
    del only
    accounts = {str(account["id"]): account for account in api.service_account_list()}
    tokens, gone = api.each(lambda number: api.json(f"{LIST}/{number}/tokens"), list(accounts))
    documents = tuple(
        {
            **{key: accounts[number][key] for key in ("name", "login", "role", "isDisabled")},
            "tokens": sorted(token["name"] for token in found or ()),
        }
        for number, found in tokens.items()
    )
    return Found(documents, tuple(accounts[number]["name"] for number in gone))


def _sent(kept: Document) -> Document:
    return {key: kept[key] for key in ("name", "role", "isDisabled")}


def _by_hand(kept: Document, live: Document) -> tuple[str, ...]:
    missing = sorted(set(kept["tokens"]) - set(live.get("tokens", ())))
    return tuple(f"its token {name}: Grafana alone makes tokens; make a new one there" for name in missing)


KIND = Kind(
    name="service_accounts",
    noun="service account",
    read=_read,
    create=lambda api, kept: api.send("POST", LIST, _sent(kept)),
    overwrite=lambda api, kept, live: api.send("PATCH", f"{LIST}/{api.users[live['login']]}", _sent(kept)),
    delete=lambda api, live: api.send("DELETE", f"{LIST}/{api.users[live['login']]}"),
    # Its login is made from the name it had at first.
    key=lambda document: str(document["name"]),
    aside=("login", "tokens"),
    by_hand=_by_hand,
)
