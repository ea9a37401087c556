"""PagerDuty's Events API v2, at `/pagerduty/<receiver>/v2/enqueue`.

Source: https://developer.pagerduty.com/docs/events-api-v2-overview
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.documents import dig, mapping, mappings
from stack.exporters._messages import Answer, Rejected, document
from stack.exporters.sink.mark import FIELD, Mark, read_mark
from stack.exporters.sink.notification import Notification, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.exporters._messages import Request

__all__ = ["PROTOCOL", "SEVERITIES"]

ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "error", "warning", "info")
KEY_LENGTH, LONGEST_DEDUP_KEY, LONGEST_SUMMARY = 32, 255, 1024
LARGEST = 512_000
"""Bytes of an event."""


def _read(request: Request, now: float) -> Notification:
    if len(request.body) > LARGEST:
        raise Rejected(413, "the event is larger than 512 KB")
    event = mapping(request.json() if request.media == "application/json" else None)
    if faults := list(_faults(event)):
        raise Rejected(400, "\n".join(faults))
    mark = read_mark(dig(event, "payload", "custom_details", FIELD)) or _of_action(event)
    title = str(dig(event, "payload", "summary") or "")
    receiver = request.parts["receiver"]
    return Notification(now, receiver, "pagerduty", mark.status, mark.alerts, mark.envs, event, title)


def _faults(event: Mapping[str, Any]) -> Iterator[str]:
    key, action, dedup = (event.get(name) for name in ("routing_key", "event_action", "dedup_key"))
    if not isinstance(key, str) or len(key) != KEY_LENGTH:
        yield f"Length of 'routing_key' is incorrect (should be {KEY_LENGTH} characters)"
    if action not in ACTIONS:
        yield f"'event_action' must be one of {', '.join(ACTIONS)}"
    if dedup is not None and not (isinstance(dedup, str) and len(dedup) <= LONGEST_DEDUP_KEY):
        yield f"'dedup_key' must be a string of at most {LONGEST_DEDUP_KEY} characters"
    if action == "trigger":
        yield from _faults_of_trigger(mapping(event.get("payload")))
    elif not dedup:
        yield "'dedup_key' is missing or blank"
    if any(not link.get("href") for _, link in mappings(event.get("links"))):
        yield "'links.href' is missing or blank"


def _faults_of_trigger(payload: Mapping[str, Any]) -> Iterator[str]:
    for name in ("summary", "source"):
        if not isinstance(payload.get(name), str) or not payload[name].strip():
            yield f"'payload.{name}' is missing or blank"
    if len(str(payload.get("summary"))) > LONGEST_SUMMARY:
        yield f"'payload.summary' is longer than {LONGEST_SUMMARY} characters"
    if payload.get("severity") not in SEVERITIES:
        yield f"'payload.severity' must be one of {', '.join(SEVERITIES)}"


def _of_action(event: Mapping[str, Any]) -> Mark:
    return Mark("resolved" if event["event_action"] == "resolve" else "firing")


def _taken(notification: Notification) -> Answer:
    key = notification.payload.get("dedup_key") or f"{notification.arrived:.6f}"
    return document({"status": "success", "message": "Event processed", "dedup_key": key}, 202)


def _refused(rejected: Rejected) -> Answer:
    errors = str(rejected).splitlines()
    said = {"status": "invalid event", "message": "Event object is invalid", "errors": errors}
    return document(said, rejected.status)


PROTOCOL = Protocol(
    pattern=r"/pagerduty/(?P<receiver>.+)/v2/enqueue", read=_read, taken=_taken, refused=_refused
)
