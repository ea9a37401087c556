"""Edits as people read them, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.moment import clock, unix

if TYPE_CHECKING:
    from stack.clients.grafana import Live, Save
    from stack.dashboards.live import Edit

__all__ = ["as_document", "by_whom", "stranger_document"]


def by_whom(edit: Edit) -> str:
    """Say who edited a dashboard last, when, and why: `admin, 2026-11-28 15:04:05Z: higher threshold`."""
    if not edit.saves:
        return "nobody: Grafana has not taken the file as it is" if edit.unread else "somebody unknown"
    said = _one(edit.saves[0])
    more = len(edit.saves) - 1
    return said + (f" (and {more} save(s) before)" if more else "")


def as_document(edit: Edit) -> dict[str, Any]:
    """Give an edit as JSON."""
    return {
        "file": edit.file,
        "uid": edit.live.uid,
        "title": edit.live.title,
        "unread": edit.unread,
        "saves": [
            {"version": save.version, "at": save.at, "by": save.by, "message": save.message}
            for save in edit.saves
        ],
        "differences": [
            {"path": found.path, "rendered": found.ours, "live": found.theirs} for found in edit.differences
        ],
    }


def stranger_document(live: Live) -> dict[str, Any]:
    """Give a dashboard that no file has as JSON."""
    return {"uid": live.uid, "title": live.title}


def _one(save: Save) -> str:
    return f"{save.by}, {_moment(save.at)}" + (f": {save.message}" if save.message else "")


def _moment(text: str) -> str:
    try:
        return clock(unix(text))
    except ValueError:
        return text or "nobody knows when"
