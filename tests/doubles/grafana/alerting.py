"""Alert rules, one by one and by groups; what is made over this interface is locked unless told otherwise.

Source, beside what was recorded: https://grafana.com/docs/grafana/latest/developers/http_api/alerting_provisioning/
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.refusals import Answer, Created

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.doubles.grafana.state import Route, State

__all__ = ["BASE", "ROUTES", "marked", "refuse_unlocking"]

BASE = "/api/v1/provisioning"
USUAL_INTERVAL = 60
STATES = {
    "execErrState": ("Error", {"OK", "Alerting", "Error", "KeepLast"}),
    "noDataState": ("NoData", {"OK", "Alerting", "NoData", "KeepLast"}),
}
EXPRESSION = "__expr__"
"""The data source of what is computed of other queries."""


def marked(document: dict[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """Give what is kept: locked, unless it was asked otherwise."""
    bare = {key: value for key, value in document.items() if key != "provenance"}
    return bare if headers.get("X-Disable-Provenance") else {**bare, "provenance": "api"}


def refuse_unlocking(
    state: State, live: dict[str, Any], headers: Mapping[str, str], newer: int = 403
) -> None:
    """Refuse to write what is locked as if it were not.

    `newer` is the status from 12 on, 0 where it is taken there.
    """
    status = newer if state.settings.is_newer else 409
    if status and live.get("provenance") and headers.get("X-Disable-Provenance"):
        raise Answer(status, f"cannot change provenance from '{live['provenance']}' to ''")


def _rules(state: State, **_: object) -> list[dict[str, Any]]:
    return list(state.database.shelf("alert-rules").values())


def _new_rule(state: State, *, document: dict[str, Any], headers: Mapping[str, str], **_: object) -> Created:
    rules, uid = state.database.shelf("alert-rules"), document.get("uid") or secrets.token_hex(7)
    if document["folderUID"] not in state.database.folders:
        raise Answer(400, "invalid alert rule: folder does not exist")
    _refuse_incomplete(document)
    titles = {(rule["folderUID"], rule["title"]) for rule in rules.values()}
    if uid in rules or (document["folderUID"], document["title"]) in titles:
        raise Answer(500, "rule title under the same organisation and folder should be unique")
    rules[uid] = _kept(state, {**document, "uid": uid}, headers)
    state.save()
    return Created(rules[uid])


def _refuse_incomplete(document: dict[str, Any]) -> None:
    if not document.get("data"):
        raise Answer(400, "invalid alert rule: no queries or expressions are found")
    for field, (called, known) in STATES.items():
        if document.get(field) not in known:
            raise Answer(400, f"invalid alert rule: unknown {called} state option {document.get(field, '')}")
    for query in document["data"]:
        span = query.get("relativeTimeRange") or {"from": 0, "to": 0}
        if query["datasourceUid"] != EXPRESSION and span["from"] <= span["to"]:
            raise Answer(400, f"invalid alert rule query {query['refId']}: invalid relative time range")


def _kept(state: State, document: dict[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    own = {"id": state.database.next_id(), "orgID": 1, "updated": "2024-01-01T00:00:00Z"}
    return marked({**document, **own}, headers)


def _change_rule(
    state: State, uid: str, *, document: dict[str, Any], headers: Mapping[str, str], **_: object
) -> dict[str, Any]:
    rules: dict[str, dict[str, Any]] = state.database.shelf("alert-rules")
    if uid not in rules:
        raise Answer(404, "alert rule not found")
    _refuse_incomplete(document)
    refuse_unlocking(state, rules[uid], headers, 500)
    rules[uid] = _kept(state, {**document, "uid": uid}, headers)
    state.save()
    return rules[uid]


def _group(state: State, folder: str, title: str, **_: object) -> dict[str, Any]:
    found = _inside(state, folder, title)
    if not found:
        raise Answer(404, "rule group not found")
    interval = state.database.shelf("intervals").get(f"{folder}/{title}", USUAL_INTERVAL)
    # Where its rules come from it does not say.
    bare = [{key: value for key, value in rule.items() if key != "provenance"} for rule in found]
    return {"title": title, "folderUid": folder, "interval": interval, "rules": bare}


def _inside(state: State, folder: str, title: str) -> list[dict[str, Any]]:
    return [rule for rule in _rules(state) if (rule["folderUID"], rule["ruleGroup"]) == (folder, title)]


def _replace_group(
    state: State,
    folder: str,
    title: str,
    *,
    document: dict[str, Any],
    headers: Mapping[str, str],
    **_: object,
) -> dict[str, Any]:
    rules = state.database.shelf("alert-rules")
    for rule in _inside(state, folder, title):
        refuse_unlocking(state, rule, headers, 0)
        del rules[rule["uid"]]
    for rule in document["rules"]:
        rules[rule["uid"]] = _kept(state, rule, headers)
    state.database.shelf("intervals")[f"{folder}/{title}"] = document["interval"]
    state.save()
    return _group(state, folder, title)


def _delete_rule(state: State, uid: str, *, headers: Mapping[str, str], **_: object) -> bytes:
    rules = state.database.shelf("alert-rules")
    # One that is not there is answered alike.
    refuse_unlocking(state, rules.get(uid, {}), headers, 0)
    rules.pop(uid, None)
    state.save()
    return b""


ROUTES: list[Route] = [
    ("GET", f"{BASE}/alert-rules", _rules),
    ("POST", f"{BASE}/alert-rules", _new_rule),
    ("PUT", f"{BASE}/alert-rules/([^/]+)", _change_rule),
    ("GET", f"{BASE}/folder/([^/]+)/rule-groups/([^/]+)", _group),
    ("PUT", f"{BASE}/folder/([^/]+)/rule-groups/([^/]+)", _replace_group),
    ("DELETE", f"{BASE}/alert-rules/([^/]+)", _delete_rule),
]
