"""Teams with the logins of their members.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/team/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.clients.grafana.kind import Found, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document

__all__ = ["KIND"]

LIST = "/api/teams"

ADMIN, MEMBER = 4, 0
"""What a member may do with its team: change it, or just be in it."""


def _read(api: Api, only: Collection[str] | None) -> Found:
    del only
    teams = {str(team["id"]): team for team in api.team_list()}
    members, gone = api.each(lambda number: api.json(f"{LIST}/{number}/members"), list(teams))
    documents = tuple(
        {
            "name": teams[number]["name"],
            "email": teams[number].get("email") or "",
            **_people(found),
        }
        for number, found in members.items()
    )
    return Found(documents, tuple(teams[number]["name"] for number in gone))


def _people(members: Sequence[Mapping[str, Any]]) -> Document:
    """Name those of a team, and those of them who may change it."""
    return {
        "members": sorted(one["login"] for one in members),
        "admins": sorted(one["login"] for one in members if one.get("permission") == ADMIN),
    }


def _create(api: Api, kept: Document) -> None:
    number = api.send("POST", LIST, {"name": kept["name"], "email": kept["email"]})["teamId"]
    # Whoever makes a team is one of its admins from the start.
    live = _people(api.json(f"{LIST}/{number}/members"))
    _join(api, number, kept, live)
    _leave(api, number, kept, live)


def _overwrite(api: Api, kept: Document, live: Document) -> None:
    number = api.teams[live["name"]]
    if kept["email"] != live["email"]:
        api.send("PUT", f"{LIST}/{number}", {"name": kept["name"], "email": kept["email"]})
    _join(api, number, kept, live)


def _put_back(api: Api, before: Document, live: Document) -> None:
    _overwrite(api, before, live)
    _leave(api, api.teams[live["name"]], before, live)


def _join(api: Api, number: int, kept: Document, live: Document) -> None:
    """Let those be members and admins that are not yet."""
    for login in sorted(set(kept["members"]) - set(live["members"])):
        api.send("POST", f"{LIST}/{number}/members", {"userId": api.users[login]})
    for login in sorted(_admins(kept) - _admins(live)):
        api.send("PUT", f"{LIST}/{number}/members/{api.users[login]}", {"permission": ADMIN})


def _leave(api: Api, number: int, kept: Document, live: Document) -> None:
    """Take away those that were neither."""
    for login in sorted(set(live["members"]) - set(kept["members"])):
        api.send("DELETE", f"{LIST}/{number}/members/{api.users[login]}")
    # What an older backup has kept does not say who the admins were.
    fewer = _admins(live) - _admins(kept) if "admins" in kept else set()
    for login in sorted(fewer & set(kept["members"])):
        api.send("PUT", f"{LIST}/{number}/members/{api.users[login]}", {"permission": MEMBER})


def _admins(document: Document) -> set[str]:
    return set(document.get("admins", ()))


def _same(kept: Document, live: Document) -> bool:
    """Say whether nothing is missing: who has joined since stays."""
    joined = set(kept["members"]) <= set(live["members"]) and _admins(kept) <= _admins(live)
    return bool(kept["email"] == live["email"] and joined)


def _fitted(api: Api, kept: Document, coming: Collection[str]) -> tuple[Document, tuple[str, ...]]:
    del coming  # teams have people for members
    there = [login for login in kept["members"] if login in api.users]
    admins = [login for login in kept.get("admins", ()) if login in api.users]
    missing = tuple(
        f"its member {login} is no user here" for login in kept["members"] if login not in api.users
    )
    return {**kept, "members": there, "admins": admins}, missing


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
