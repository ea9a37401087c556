"""What the sink adds to a message where it stands in for a service: status, alert names, environments.

Alertmanager writes it by a template of ours, `@firing; alerts "A" "B"; envs "prod"`, at a place that the real
service would take without a word; it is there only where notifications go to the sink.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FIELD", "HEADER", "RECEIVER", "Mark", "read_mark"]

FIELD = "monitoring.sink"
"""The title of a Slack field, and the key among PagerDuty's details."""

HEADER = "X-Monitoring-Sink"
RECEIVER = "X-Monitoring-Receiver"
"""Headers of a mail: the mark, and the receiver's name, percent-encoded."""

WORD = r'"(?:[^"\\]|\\.)*"'
MARK = re.compile(
    rf"@(?P<status>firing|resolved); alerts(?P<alerts>(?: {WORD})*); envs(?P<envs>(?: {WORD})*)"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a message says of itself; a message without a mark says only whether it is good news."""

    status: str
    alerts: tuple[str, ...] = ()
    envs: tuple[str, ...] = ()


def read_mark(written: object) -> Mark | None:
    """Read a mark; None where it is none."""
    found = MARK.fullmatch(written.strip()) if isinstance(written, str) else None
    if not found:
        return None
    return Mark(found["status"], tuple(_words(found["alerts"])), tuple(_words(found["envs"])))


def _words(text: str) -> Iterator[str]:
    """Read Go's quoted strings, whose escapes Python's literals have too."""
    for quoted in re.findall(WORD, text):
        try:
            yield str(ast.literal_eval(quoted))
        except (ValueError, SyntaxError):
            yield quoted[1:-1]
