"""Which notification is about which alert, whatever protocol brought it to the sink."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["arrivals", "concerns"]


def concerns(notification: Mapping[str, Any], alert: str, words: Iterable[str] = ()) -> bool:
    """Say whether a notification names an alert, and each of some words: of the alert's label values.

    Only a webhook carries labels; what a person is told in another protocol holds their values as words.
    """
    if alert not in notification["alerts"]:
        return False
    text = json.dumps(notification["payload"], ensure_ascii=False)
    return all(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) for word in words if word)


def arrivals(
    notifications: Iterable[Mapping[str, Any]], alert: str, words: Iterable[str] = (), status: str = "firing"
) -> dict[str, float]:
    """Give when each receiver was last told of an alert, in Unix seconds."""
    wanted = tuple(words)
    return {
        str(one["receiver"]): float(one["arrived"])
        for one in notifications
        if one["status"] == status and concerns(one, alert, wanted)
    }
