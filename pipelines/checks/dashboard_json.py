"""The committed JSON of the shipped dashboards is what their files make today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import Check
from pipelines.core.dashboard_json import CHANGED, FOLDER, GONE, NEW, differences, files_of, shipped
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

NAME = "dashboard_json"
SAID = {
    NEW: "is missing",
    CHANGED: "is not what its dashboard makes today",
    GONE: "is of no dashboard that there is",
}
HINT = "invoke dashboards.render"


def _run(inspection: Inspection) -> Iterator[Problem]:
    dashboards = shipped(inspection.root)
    faults = [shown for shown in dashboards if shown.fault]
    if faults:  # what its file would be, nobody can tell
        yield from (Problem(NAME, shown.name, shown.fault) for shown in faults)
        return
    for name, how in differences(files_of(dashboards), inspection.root).items():
        yield Problem(NAME, f"{FOLDER / name}", SAID[how], hint=HINT)


CHECK = Check(proves="the committed JSON of each dashboard is what its file makes", run=_run, lasting=True)
