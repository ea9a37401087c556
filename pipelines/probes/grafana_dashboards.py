"""Grafana shows the rendered dashboards, by content: it skips a broken file without a word.

Two files with one uid or one title take the whole provider's permission to write, and from then on nothing is
saved while everything looks healthy. Only what is shown tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.probe import Probe, Waiting
from stack.clients.grafana import Grafana
from stack.dashboards.live import shown
from stack.services.grafana import FOLDER, rendered_dashboards

if TYPE_CHECKING:
    from pipelines.core.probe import Sight
    from stack.dashboards.live import Shown

__all__ = ["PROBE"]


def _run(sight: Sight) -> str:
    rendered = rendered_dashboards(sight.release.tree)
    _refuse_nameless(rendered)
    found = shown(Grafana(sight.door("grafana")), rendered, FOLDER)
    wrong = next(iter(_wrong(found)), None)
    if wrong:
        raise Waiting(wrong)
    return f"{len(rendered)} dashboards are there, as they were rendered"


def _refuse_nameless(rendered: dict[str, dict[str, object]]) -> None:
    for file, model in rendered.items():
        if not model.get("uid"):
            message = f"{file} has no uid: Grafana gives it another one on each new database"
            raise Waiting(message)


def _wrong(found: Shown) -> list[str]:
    """Say what is not as it should be, the worst first."""
    missing = [f"{file} is not in the folder {FOLDER}" for file in found.missing]
    left_over = [f"{live.file} is still there, and no longer rendered" for live in found.left_over]
    other = [f"{file} is there with another {difference}" for file, difference in found.other()]
    return missing + other + left_over


PROBE = Probe(asks="whether the rendered dashboards are there", run=_run, needs=("grafana",))
