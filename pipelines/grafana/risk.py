"""What a deploy would put back: edits that the running Grafana shows and the new release does not have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipelines.core.recall import recall
from pipelines.grafana.told import by_whom
from stack.clients.grafana import Grafana, differences
from stack.clients.grafana.differences import same
from stack.dashboards.live import edits, shown
from stack.dashboards.merging import Clash, taken_over
from stack.errors import HttpFailed, NothingKept, Refused
from stack.report import Problem, Report
from stack.runtimes.protocol import Action, Change
from stack.services.grafana import FOLDER, is_open, rendered_dashboards

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.core.effects import Effects
    from stack.dashboards.live import Edit
    from stack.runtimes.protocol import Live, Release

__all__ = ["edits_at_risk", "reinstate", "report_of", "still_lost"]


def edits_at_risk(wanted: Release, live: Live, effects: Effects) -> tuple[Edit, ...]:
    """Give every edit that a release does not have, with what of it would be lost; asks, and changes nothing.

    Where no Grafana of ours runs, or nobody can edit in it, there is none. Where it does not answer, nobody
    knows; that is told, and no obstacle.
    """
    before = rendered_dashboards(live.tree) if live.tree else {}
    if live.release is None or not before or not _takes_edits(live):
        return ()
    try:
        # By what runs: its port may be another one than that of the new release.
        server = Grafana(effects.runtime.door(recall(live.release, effects).stack, "grafana"))
        # What no person has saved is for the deploy to set right, not to stop at.
        found = tuple(edit for edit in edits(server, shown(server, before, FOLDER)) if not edit.unread)
    except (HttpFailed, Refused, NothingKept) as silent:
        effects.console.item("!", f"nobody knows whether dashboards were edited in Grafana: {silent}")
        return ()
    return tuple(still_lost(found, before, rendered_dashboards(wanted.tree)))


def _takes_edits(live: Live) -> bool:
    return "grafana" in live.running and live.tree is not None and is_open(live.tree)


def still_lost(
    found: Iterable[Edit],
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
) -> Iterator[Edit]:
    """Yield the edits that are not said elsewhere by now, each with only what is not.

    Args:
        found: the edits.
        before: what they were made to, by file.
        after: what there is to say it now, by file; what is in none is lost whole.
    """
    for edit in found:
        model = after.get(edit.file, {})
        if not _is_said(before[edit.file], model, edit.live.model):
            lacking = {one.path for one in differences(model, edit.live.model)}
            left = tuple(one for one in edit.differences if one.path in lacking)
            yield replace(edit, differences=left or edit.differences)


def _is_said(before: Mapping[str, Any], after: Mapping[str, Any], live: Mapping[str, Any]) -> bool:
    """Say whether taking an edit over into a model would change nothing in it; its schema is not its own."""
    try:
        merged = taken_over(before, after, live)
    except Clash:
        return False
    return same({**merged, "schemaVersion": None}, {**after, "schemaVersion": None})


def report_of(lost: tuple[Edit, ...]) -> Report:
    """Give a problem for each edit that would be lost: whose it is, and what of it."""
    return Report.of(_problem(edit) for edit in lost)


def _problem(edit: Edit) -> Problem:
    lines = [str(one) for one in edit.differences]
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    where = f"{edit.stem}, edited by {by_whom(edit)}"
    return Problem("edits", where, lines[0] + more, details="\n".join(lines))


def reinstate(changes: tuple[Change, ...], lost: tuple[Edit, ...]) -> tuple[Change, ...]:
    """Let Grafana read its files again where edits are to be discarded, also where nothing else changed."""
    names = ", ".join(edit.stem for edit in lost)
    reload = Change("grafana", Action.RELOAD, f"edits of {names} are discarded")
    return tuple(
        reload if lost and (change.service, change.action) == ("grafana", Action.NOTHING) else change
        for change in changes
    )
