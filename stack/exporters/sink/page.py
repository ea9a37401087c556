"""The sink's page for people: what arrived, the newest first."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from stack.exporters._messages import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stack.exporters.sink.notification import Notification

__all__ = ["page"]

SHOWN = 200

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="10">
<title>Notifications</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; }
tr { border-bottom: 1px solid #ddd; }
.firing { color: #b3261e; font-weight: 600; }
.resolved { color: #1b6e3c; font-weight: 600; }
</style>
</head>
<body>
<h1>Notifications</h1>
<p>{summary} <a href="/notifications">All of it as JSON</a></p>
<table>
<thead><tr>
<th>Time (UTC)</th><th>Receiver</th><th>By</th><th>Status</th><th>Alerts</th><th>Env</th><th>Says</th>
</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


def page(notifications: Sequence[Notification]) -> Answer:
    """Show the newest notifications as a table; whatever is in them is shown as text."""
    newest = tuple(reversed(notifications))[:SHOWN]
    body = PAGE.replace("{summary}", f"{len(notifications)} kept, the newest {len(newest)} shown.").replace(
        "{rows}", "\n".join(map(_row, newest))
    )
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Answer(body.encode(errors="replace"), media="text/html; charset=utf-8", headers=policy)


def _row(one: Notification) -> str:
    time = datetime.fromtimestamp(one.arrived, UTC).strftime("%Y-%m-%d %H:%M:%S")
    status = f'<span class="{escape(one.status)}">{escape(one.status)}</span>'
    told = _listed((one.title, f"({one.note})" if one.note else ""), " ")
    cells = (
        time,
        escape(one.receiver),
        escape(one.protocol),
        status,
        _listed(one.alerts),
        _listed(one.envs),
        told,
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _listed(words: Iterable[str], between: str = ", ") -> str:
    return escape(between.join(word for word in words if word)) or "&ndash;"
