"""Alertmanager's HTTP API, version 2: alerts, their groups, silences, and what each receiver was told.

Source: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from stack.errors import HttpFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stack.clients.http import Session

__all__ = ["Alertmanager", "Told"]

SAMPLE = re.compile(r"alertmanager_(?P<name>notifications?_(?:\w+_)?total)\{(?P<labels>.*)\} (?P<value>\S+)")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Told:
    """How often one kind of integration of a receiver was spoken to since Alertmanager's start.

    A notification is counted when it begins, so only an accepted request says that it was delivered.

    Args:
        begun: notifications.
        failed: notifications that were given up.
        accepted: requests that were answered well.
        refused: requests that were not; each is tried again for a while.
    """

    begun: int = 0
    failed: int = 0
    accepted: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Alertmanager:
    """One Alertmanager."""

    session: Session

    def alerts(self) -> list[dict[str, Any]]:
        """List every alert that it holds, with its state, receivers, and what mutes it.

        Raises:
            HttpFailed: there was no answer, or another one than of this API.
        """
        return self._list("/api/v2/alerts")

    def groups(self) -> list[dict[str, Any]]:
        """List the groups that alerts are told in: `{"labels": {…}, "receiver": {…}, "alerts": […]}`.

        Raises:
            HttpFailed: there was no answer, or another one than of this API.
        """
        return self._list("/api/v2/alerts/groups")

    def silences(self) -> list[dict[str, Any]]:
        """List the silences, those that have ended a while ago among them.

        Raises:
            HttpFailed: there was no answer, or another one than of this API.
        """
        return self._list("/api/v2/silences")

    def create_silence(self, silence: Mapping[str, Any]) -> str:
        """Make a silence of its `matchers`, `startsAt`, `endsAt`, `createdBy` and `comment`; give its id.

        Raises:
            HttpFailed: it was refused, with the reason.
        """
        answer = self.session.post("/api/v2/silences", dict(silence)).json()
        return str(answer["silenceID"])

    def expire_silence(self, name: str) -> None:
        """End a silence now.

        Raises:
            HttpFailed: there is no such silence.
        """
        path = f"/api/v2/silence/{quote(name, safe='')}"
        answer = self.session.request("DELETE", path)
        if not answer.ok:
            message = f"{answer.status_code} {answer.text.strip()[:300]}".strip()
            raise HttpFailed(method="DELETE", url=answer.url, message=message, status=answer.status_code)

    def post_alerts(self, alerts: Iterable[Mapping[str, Any]]) -> None:
        """Hand alerts in, as Prometheus does: `labels`, `annotations`, `startsAt`, `endsAt`.

        Raises:
            HttpFailed: one of them was refused.
        """
        self.session.post("/api/v2/alerts", [dict(alert) for alert in alerts])

    def status(self) -> dict[str, Any]:
        """Give its version, its uptime and the configuration that is live, as its text.

        Raises:
            HttpFailed: there was no answer.
        """
        found: dict[str, Any] = self.session.json("/api/v2/status")
        return found

    def told(self) -> dict[tuple[str, str], Told]:
        """Count what was told, by receiver and kind of integration (`slack`); without its flag, nothing.

        The flag is `--enable-feature=receiver-name-in-metrics`, of 0.27 and later.

        Raises:
            HttpFailed: there was no answer.
        """
        counts = _counts(self.session.get("/metrics").text)
        keys = {(receiver, kind) for receiver, kind, _ in counts}
        return {key: _told(counts, *key) for key in sorted(keys)}

    def _list(self, path: str) -> list[dict[str, Any]]:
        found = self.session.json(path)
        if not isinstance(found, list):
            message = "the answer is none of Alertmanager's API"
            raise HttpFailed(method="GET", url=self.session.base + path, message=message)
        return found


def _counts(page: str) -> Counter[tuple[str, str, str]]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for sample in SAMPLE.finditer(page):
        labels = {name: ESCAPED.sub(r"\1", value) for name, value in LABEL.findall(sample["labels"])}
        if "receiver_name" in labels:
            key = labels["receiver_name"], labels.get("integration", ""), sample["name"]
            counts[key] += int(float(sample["value"]))
    return counts


def _told(counts: Counter[tuple[str, str, str]], receiver: str, kind: str) -> Told:
    def count(name: str) -> int:
        return counts[receiver, kind, name]

    refused = count("notification_requests_failed_total")
    accepted = count("notification_requests_total") - refused
    return Told(count("notifications_total"), count("notifications_failed_total"), accepted, refused)
