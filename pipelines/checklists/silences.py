"""Nothing is silenced: what a silence keeps quiet, nobody hears of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.alerting.servers import Servers
from pipelines.core.checklist import Line, green, red
from stack.alerting.silences import read_document, written
from stack.moment import clock, unix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.core.checklist import Look, Verdict

__all__ = ["LINE"]


def _run(look: Look) -> Verdict:
    every = Servers(look.release, look.effects.runtime).alertmanager.silences()
    open_ones = [one for one in every if one["status"]["state"] == "active"]
    if not open_ones:
        return green("no silence is open")
    said = "; ".join(map(_said, sorted(open_ones, key=lambda one: unix(one["endsAt"]))))
    return red(f"{len(open_ones)} silence(s) open: {said}", look.command("silence.list"))


def _said(one: Mapping[str, Any]) -> str:
    matchers = written(read_document(one["matchers"]))
    return f"{matchers} until {clock(unix(one['endsAt']))}, by {one['createdBy']}: {one['comment']}"


LINE = Line(asks="No silence is open.", run=_run, mandatory=False)
