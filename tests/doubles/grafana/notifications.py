"""Contact points, notification policies, mute timings and templates of the alerting interface.

Source, beside what was recorded: https://grafana.com/docs/grafana/latest/developers/http_api/alerting_provisioning/
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.alerting import BASE, marked, refuse_unlocking
from tests.doubles.grafana.refusals import Accepted, Answer, Created

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES"]

DEFAULT = "grafana-default-email"
NOBODY = "empty"
"""The receiver of a fresh server from 12 on, which is no contact point."""

REQUIRED = {"email": "addresses", "slack": "url", "webhook": "url", "pagerduty": "integrationKey"}
SECRET = {"slack": ("url", "token"), "webhook": ("password",), "pagerduty": ("integrationKey",)}


def _points(state: State) -> dict[str, Any]:
    points = state.database.shelf("contact-points")
    if not points and not state.settings.is_newer:
        settings = {"addresses": "<example@email.com>"}
        points["fresh"] = {"uid": "", "name": DEFAULT, "type": "email", "settings": settings}
        points["fresh"]["disableResolveMessage"] = False
    return points


def _list_points(state: State, **_: object) -> list[dict[str, Any]]:
    return [{**point, "settings": _redacted(point)} for point in _points(state).values()]


def _export_points(state: State, *, query: dict[str, str], **_: object) -> dict[str, Any]:
    clear, kept = query.get("decrypt") == "true", ("uid", "type", "disableResolveMessage")
    found = []
    for point in _points(state).values():
        settings = point["settings"] if clear else _redacted(point)
        receiver = {**{key: point.get(key) for key in kept}, "settings": settings}
        found.append({"orgId": 1, "name": point["name"], "receivers": [receiver]})
    return {"apiVersion": 1, "contactPoints": found}


def _redacted(point: dict[str, Any]) -> dict[str, Any]:
    hidden = SECRET.get(point["type"], ())
    return {key: "[REDACTED]" if key in hidden else value for key, value in point["settings"].items()}


def _new_point(
    state: State, *, document: dict[str, Any], headers: Mapping[str, str], **_: object
) -> Accepted:
    uid = document.get("uid") or secrets.token_hex(7)
    if uid in _points(state):
        raise Answer(500, f"receiver configuration with UID {uid} already exist")
    _refuse_incomplete(document)
    _points(state)[uid] = marked({**document, "uid": uid}, headers)
    state.save()
    return Accepted(_points(state)[uid])


def _change_point(
    state: State, uid: str, *, document: dict[str, Any], headers: Mapping[str, str], **_: object
) -> Accepted:
    if uid not in _points(state):
        raise Answer(404, "contact point not found")
    _refuse_incomplete(document)
    refuse_unlocking(state, _points(state)[uid], headers, 500)
    _points(state)[uid] = marked({**document, "uid": uid}, headers)
    state.save()
    return Accepted({"message": "contactpoint updated"})


def _refuse_incomplete(document: dict[str, Any]) -> None:
    field = REQUIRED.get(document["type"])
    if field is None:
        raise Answer(400, f"invalid object specification: unknown type {document['type']}")
    if not document["settings"].get(field):
        raise Answer(400, f"invalid object specification: required field '{field}' is not specified")


def _policies(state: State, **_: object) -> dict[str, Any]:
    receiver = NOBODY if state.settings.is_newer else DEFAULT
    usual = {"receiver": receiver, "group_by": ["grafana_folder", "alertname"]}
    return state.database.shelf("policies") or usual


def _replace_policies(
    state: State, *, document: dict[str, Any], headers: Mapping[str, str], **_: object
) -> Accepted:
    names = {point["name"] for point in _points(state).values()}
    if state.settings.is_newer:
        names.add(NOBODY)
    for receiver in (document["receiver"], *(route["receiver"] for route in document.get("routes", ()))):
        if receiver not in names:
            raise Answer(400, f"invalid object specification: receiver '{receiver}' does not exist")
    refuse_unlocking(state, _policies(state), headers)
    state.database.shelves["policies"] = marked(document, headers)
    state.save()
    return Accepted({"message": "policies updated"})


def _timings(state: State, **_: object) -> list[dict[str, Any]]:
    return list(state.database.shelf("mute-timings").values())


def _new_timing(
    state: State, *, document: dict[str, Any], headers: Mapping[str, str], **_: object
) -> Created:
    timings = state.database.shelf("mute-timings")
    if document["name"] in timings:
        raise Answer(409, "a mute timing of this name exists")
    timings[document["name"]] = marked(_timing(document), headers)
    state.save()
    return Created(timings[document["name"]])


def _timing(document: dict[str, Any]) -> dict[str, Any]:
    """Give what is kept of one: fields that it does not know are dropped."""
    return {"name": document["name"], "time_intervals": document.get("time_intervals", []), "version": "1"}


def _change_timing(
    state: State, name: str, *, document: dict[str, Any], headers: Mapping[str, str], **_: object
) -> Accepted:
    timings = state.database.shelf("mute-timings")
    if name not in timings:
        raise Answer(404, "mute timing not found")
    refuse_unlocking(state, timings[name], headers)
    timings[name] = marked(_timing(document), headers)
    state.save()
    return Accepted(timings[name])


def _templates(state: State, **_: object) -> list[dict[str, Any]] | bytes:
    # Of none it says nothing at all.
    return list(state.database.shelf("templates").values()) or b"null"


def _put_template(
    state: State, name: str, *, document: dict[str, Any], headers: Mapping[str, str], **_: object
) -> Accepted:
    if document["template"].count("{{") != document["template"].count("}}"):
        raise Answer(400, "invalid object specification: invalid template: unclosed action")
    templates = state.database.shelf("templates")
    refuse_unlocking(state, templates.get(name, {}), headers)
    templates[name] = marked({"name": name, "template": document["template"], "version": "1"}, headers)
    state.save()
    return Accepted(templates[name])


def _delete_point(state: State, uid: str, *, headers: Mapping[str, str], **_: object) -> Accepted:
    name = _points(state).get(uid, {}).get("name")
    policies = _policies(state)
    if name in {policies["receiver"], *(route["receiver"] for route in policies.get("routes", ()))}:
        raise Answer(409, f"contact point '{name}' is currently used by a notification policy")
    _gone(state, "contact-points", uid, headers, 0)
    return Accepted({"message": "contactpoint deleted"})


def _reset_policies(state: State, **_: object) -> Accepted:
    state.database.shelves.pop("policies", None)
    state.save()
    return Accepted({"message": "policies reset"})


def _delete_timing(state: State, name: str, *, headers: Mapping[str, str], **_: object) -> bytes:
    for route in _policies(state).get("routes", ()):
        if name in route.get("mute_time_intervals", ()):
            raise Answer(409, f"time interval '{name}' is used")
    return _gone(state, "mute-timings", name, headers)


def _delete_template(state: State, name: str, *, headers: Mapping[str, str], **_: object) -> bytes:
    return _gone(state, "templates", name, headers)


def _gone(state: State, shelf: str, key: str, headers: Mapping[str, str], newer: int = 403) -> bytes:
    # One that is not there is answered alike.
    refuse_unlocking(state, state.database.shelf(shelf).get(key, {}), headers, newer)
    state.database.shelf(shelf).pop(key, None)
    state.save()
    return b""


ROUTES: list[Route] = [
    ("GET", f"{BASE}/contact-points", _list_points),
    ("GET", f"{BASE}/contact-points/export", _export_points),
    ("POST", f"{BASE}/contact-points", _new_point),
    ("PUT", f"{BASE}/contact-points/([^/]+)", _change_point),
    ("GET", f"{BASE}/policies", _policies),
    ("PUT", f"{BASE}/policies", _replace_policies),
    ("GET", f"{BASE}/mute-timings", _timings),
    ("POST", f"{BASE}/mute-timings", _new_timing),
    ("PUT", f"{BASE}/mute-timings/([^/]+)", _change_timing),
    ("GET", f"{BASE}/templates", _templates),
    ("PUT", f"{BASE}/templates/([^/]+)", _put_template),
    ("DELETE", f"{BASE}/contact-points/([^/]+)", _delete_point),
    ("DELETE", f"{BASE}/policies", _reset_policies),
    ("DELETE", f"{BASE}/mute-timings/([^/]+)", _delete_timing),
    ("DELETE", f"{BASE}/templates/([^/]+)", _delete_template),
]
