"""Teams with the logins of their members.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/team/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.clients.grafana.kind import Found, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document

__all__ = ["KIND"]

LIST = "/api/teams"


def _read(api: Api, only: Collection[str] | None) -> Found:
    del only
    teams = {str(team["id"]): team for team in api.team_list()}
    members, gone = api.each(lambda number: api.json(f"{LIST}/{number}/members"), list(teams))
    documents = tuple(
        {
            "name": teams[number]["name"],
            "email": teams[number].get("email") or "",
            "members": sorted(one["login"] for one in found),
        }
        for number, found in members.items()
    )
    return Found(documents, tuple(teams[number]["name"] for number in gone))


def _create(api: Api, kept: Document) -> None:
    made = api.send("POST", LIST, {"name": kept["name"], "email": kept["email"]})
    _join(api, made["teamId"], kept["members"])


def _overwrite(api: Api, kept: Document, live: Document) -> None:
    number = api.teams[live["name"]]
    if kept["email"] != live["email"]:
        api.send("PUT", f"{LIST}/{number}", {"name": kept["name"], "email": kept["email"]})
    _join(api, number, sorted(set(kept["members"]) - set(live["members"])))


def _put_back(api: Api, before: Document, live: Document) -> None:
    _overwrite(api, before, live)
    for login in sorted(set(live["members"]) - set(before["members"])):
        api.send("DELETE", f"{LIST}/{api.teams[live['name']]}/members/{api.users[login]}")


def _join(api: Api, number: int, logins: Iterable[str]) -> None:
    for login in logins:
        api.send("POST", f"{LIST}/{number}/members", {"userId": api.users[login]})


def _same(kept: Document, live: Document) -> bool:
    """Say whether nothing is missing: who has joined since stays."""
    return kept["email"] == live["email"] and set(kept["members"]) <= set(live["members"])


def _fitted(api: Api, kept: Document, coming: Collection[str]) -> tuple[Document, tuple[str, ...]]:
    del coming  # teams have people for members
    there = [login for login in kept["members"] if login in api.users]
    missing = tuple(
        f"its member {login} is no user here" for login in kept["members"] if login not in api.users
    )
    return {**kept, "members": there}, missing


KIND = Kind(
    name="teams",
    noun="team",
    read=_read,
    create=_create,
    overwrite=_overwrite,
    delete=lambda api, live: api.send("DELETE", f"{LIST}/{api.teams[live['name']]}"),
    put_back=_put_back,
    # A team is given a uid, and takes none.
    key=lambda document: str(document["name"]),
    same=_same,
    fitted=_fitted,
    in_parts=True,
)
