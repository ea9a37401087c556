"""Say what was edited in Grafana, when and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.grafana.live import live_grafana
from pipelines.grafana.told import as_document, by_whom, stranger_document

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from stack.dashboards.live import Edit, Shown

__all__ = ["run"]


def run(effects: Effects) -> int:
    """Print each dashboard that is not as the live release rendered it; exit with 2 where there is one."""
    live = live_grafana(effects)
    found = live.shown()
    edited = live.edits(found)
    effects.console.result(
        {
            "environment": effects.options.environment,
            "release": live.release.id,
            "edited": [as_document(edit) for edit in edited],
            "missing": list(found.missing),
            "without_a_file": [stranger_document(one) for one in (*found.strangers, *found.left_over)],
        }
    )
    _tell(edited, found, effects)
    return _end(len(edited) + len(found.missing), len(found.strangers) + len(found.left_over), effects)


def _tell(edited: tuple[Edit, ...], found: Shown, effects: Effects) -> None:
    for edit in edited:
        effects.console.item("!", f"{edit.stem}, edited by {by_whom(edit)}")
        effects.console.say(*(f"      {difference}" for difference in edit.differences))
    for file in found.missing:
        effects.console.item("✗", f"{file.removesuffix('.json')} is not there")
    for live in found.left_over:
        effects.console.item(
            "!", f'"{live.title}" ({live.uid}) is of {live.file}, which is no longer rendered'
        )
    for live in found.strangers:
        effects.console.item("!", f'"{live.title}" ({live.uid}) was made in Grafana: no file has it')


def _end(changed: int, foreign: int, effects: Effects) -> int:
    if not changed + foreign:
        effects.console.end("every dashboard is as the live release has it")
        return 0
    effects.console.end(
        f"{changed} dashboard(s) are not as the live release has them, {foreign} have no file; "
        "next: invoke dashboards.pull, or invoke deploy --discard-edits",
        good=False,
    )
    return 2
