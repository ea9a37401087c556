"""Teams, users of the organisation, and service accounts with their tokens.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/team/ and …/serviceaccount/
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.refusals import Answer, Created

if TYPE_CHECKING:
    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES", "add_user", "team_named", "user_named"]

ADMIN, MEMBER = 4, 0
"""What a member may do with a team."""


def add_user(state: State, login: str) -> None:
    """Let somebody have logged in once."""
    state.database.shelf("users")[login] = 100 + state.database.next_id()


def _users(state: State) -> dict[str, int]:
    return {state.settings.admin: 1, **state.database.shelf("users")}


def user_named(state: State, number: int) -> str:
    """Give the login of a user; a service account is one."""
    accounts = {each["login"]: each["id"] for each in state.database.shelf("accounts").values()}
    known = {**_users(state), **accounts}
    found = next((login for login, own in known.items() if own == number), None)
    if found is None:
        raise Answer(404, "user not found")
    return str(found)


def team_named(state: State, number: int) -> str:
    """Give the name of a team."""
    return str(_team(state, str(number))["name"])


def _org_users(state: State, **_: object) -> list[dict[str, Any]]:
    return [{"orgId": 1, "userId": number, "login": login} for login, number in _users(state).items()]


def _page(found: list[dict[str, Any]], query: dict[str, str], key: str) -> dict[str, Any]:
    size, page = int(query.get("perpage", 1000)), int(query.get("page", 1))
    items = found[(page - 1) * size : page * size]
    return {"totalCount": len(found), key: items, "page": page, "perPage": size}


def _teams(state: State, *, query: dict[str, str], **_: object) -> dict[str, Any]:
    found = list(state.database.shelf("teams").values())
    shown = [{**team, "memberCount": len(team["members"]), "avatarUrl": "/avatar/0"} for team in found]
    return _page([{key: team[key] for key in team if key != "members"} for team in shown], query, "teams")


def _new_team(state: State, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    teams = state.database.shelf("teams")
    if document["name"] in {team["name"] for team in teams.values()}:
        raise Answer(409, "Team name taken")
    number = state.database.next_id()
    # Whoever makes one is its admin.
    own = {"id": number, "uid": secrets.token_hex(7), "orgId": 1, "members": {"1": ADMIN}}
    teams[str(number)] = {**own, "name": document["name"], "email": document.get("email", "")}
    state.save()
    return {"message": "Team created", "teamId": number, "uid": own["uid"]}


def _change_team(state: State, number: str, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    _team(state, number).update(name=document["name"], email=document.get("email", ""))
    state.save()
    return {"message": "Team updated"}


def _members(state: State, number: str, **_: object) -> list[dict[str, Any]]:
    team = _team(state, number)
    return [
        {"teamId": team["id"], "userId": int(user), "login": user_named(state, int(user)), "permission": may}
        for user, may in team["members"].items()
    ]


def _join(state: State, number: str, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    user_named(state, document["userId"])
    if str(document["userId"]) in _team(state, number)["members"]:
        raise Answer(400, "User is already added to this team")
    _team(state, number)["members"][str(document["userId"])] = MEMBER
    state.save()
    return {"message": "Member added to Team"}


def _team(state: State, number: str) -> dict[str, Any]:
    found: dict[str, Any] | None = state.database.shelf("teams").get(number)
    if found is None:
        raise Answer(404, "Team not found")
    return found


def _accounts(state: State, *, query: dict[str, str], **_: object) -> dict[str, Any]:
    found = list(state.database.shelf("accounts").values())
    shown = [{**each, "tokens": len(each["tokens"]), "avatarUrl": "/avatar/0"} for each in found]
    return _page(shown, query, "serviceAccounts")


def _new_account(state: State, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    accounts = state.database.shelf("accounts")
    login = f"sa-1-{document['name'].lower().replace(' ', '-')}"
    if login in {each["login"] for each in accounts.values()}:
        raise Answer(400, "service account already exists")
    number = 1000 + state.database.next_id()
    said = {"name": document["name"], "role": document.get("role", "Viewer")}
    own = {"id": number, "orgId": 1, "login": login, "isDisabled": bool(document.get("isDisabled"))}
    accounts[str(number)] = {**own, **said, "tokens": []}
    state.save()
    return Created({**own, **said})


def _account(state: State, number: str) -> dict[str, Any]:
    found: dict[str, Any] | None = state.database.shelf("accounts").get(number)
    if found is None:
        raise Answer(404, "service account not found")
    return found


def _change_account(state: State, number: str, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    account = _account(state, number)
    account.update({key: document[key] for key in ("name", "role", "isDisabled") if key in document})
    state.save()
    return {"message": "Service account updated"}


def _tokens(state: State, number: str, **_: object) -> list[dict[str, Any]]:
    return [{"id": at, "name": name} for at, name in enumerate(_account(state, number)["tokens"], 1)]


def _new_token(state: State, number: str, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    _account(state, number)["tokens"].append(document["name"])
    state.save()
    return {"id": 1, "name": document["name"], "key": f"glsa_{secrets.token_hex(16)}"}


def _delete_team(state: State, number: str, **_: object) -> dict[str, Any]:
    _forget(state, "teamId", _team(state, number)["id"])
    del state.database.shelf("teams")[number]
    state.save()
    return {"message": "Team deleted"}


def _promote(
    state: State, number: str, user: str, *, document: dict[str, Any], **_: object
) -> dict[str, Any]:
    _member(state, number, user)
    _team(state, number)["members"][user] = document["permission"]
    state.save()
    return {"message": "Team member updated"}


def _member(state: State, number: str, user: str) -> None:
    if user not in _team(state, number)["members"]:
        raise Answer(404, "Team member not found")


def _leave(state: State, number: str, user: str, **_: object) -> dict[str, Any]:
    _member(state, number, user)
    del _team(state, number)["members"][user]
    state.save()
    return {"message": "Team Member removed"}


def _delete_account(state: State, number: str, **_: object) -> dict[str, Any]:
    _forget(state, "userId", _account(state, number)["id"])
    del state.database.shelf("accounts")[number]
    state.save()
    return {"message": "Service account deleted"}


def _forget(state: State, key: str, number: int) -> None:
    """Take what somebody may do away with them."""
    for kind in ("folders", "dashboards"):
        shelf = state.database.shelf(f"permissions of {kind}")
        for uid, items in shelf.items():
            shelf[uid] = [item for item in items if item.get(key) != number]


ROUTES: list[Route] = [
    ("GET", "/api/org/users", _org_users),
    ("GET", "/api/teams/search", _teams),
    ("POST", "/api/teams", _new_team),
    ("PUT", r"/api/teams/(\d+)", _change_team),
    ("GET", r"/api/teams/(\d+)/members", _members),
    ("POST", r"/api/teams/(\d+)/members", _join),
    ("GET", "/api/serviceaccounts/search", _accounts),
    ("POST", "/api/serviceaccounts", _new_account),
    ("PATCH", r"/api/serviceaccounts/(\d+)", _change_account),
    ("GET", r"/api/serviceaccounts/(\d+)/tokens", _tokens),
    ("POST", r"/api/serviceaccounts/(\d+)/tokens", _new_token),
    ("DELETE", r"/api/teams/(\d+)", _delete_team),
    ("PUT", r"/api/teams/(\d+)/members/(\d+)", _promote),
    ("DELETE", r"/api/teams/(\d+)/members/(\d+)", _leave),
    ("DELETE", r"/api/serviceaccounts/(\d+)", _delete_account),
]
