"""Say whether people can depend on an environment."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.options import Option
from stack.errors import NotReady

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from pipelines.core.sheet import Sheet

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("out", "the folder to write it into; var/checklists where it is not given"),)

MARKS = {"green": "✓", "red": "✗", "unknown": "!"}


def run(effects: Effects) -> int:
    """Ask every line, write it as Markdown and HTML; exit with 17 where a mandatory one is not green."""
    sheet = _filled_in(effects)
    files = _write(sheet, effects)
    effects.console.result({**sheet.document(), "files": list(map(str, files))})
    _show(sheet, effects)
    written = f"written to {files[0]} and {files[1].name}"
    if sheet.ready:
        effects.console.end(f"environment {sheet.environment} is ready; {written}")
        return 0
    missing = NotReady(name=sheet.environment, lines=", ".join(sheet.holding_back))
    effects.console.end(f"{missing}; {written}", good=False)
    return missing.exit_code


def _filled_in(effects: Effects) -> Sheet:
    from pipelines.core.checklist import Look, answered
    from pipelines.core.sheet import Sheet

    loaded, now = effects.options.load(), time.time()
    with effects.console.stage("ask"):
        lines = answered(Look(effects, loaded, now))
    return Sheet(effects.options.environment, effects.runtime.live().release or "", now, lines)


def _write(sheet: Sheet, effects: Effects) -> tuple[Path, Path]:
    from stack.tree import write_atomically

    folder = Path(effects.options.text("out") or effects.var / "checklists")
    stem = f"{sheet.environment}-{datetime.fromtimestamp(sheet.moment, UTC):%Y%m%dT%H%M%SZ}"
    text, page = folder / f"{stem}.md", folder / f"{stem}.html"
    write_atomically(text, sheet.markdown().encode())
    write_atomically(page, sheet.html().encode())
    return text, page


def _show(sheet: Sheet, effects: Effects) -> None:
    from pipelines.core.sheet import plain

    for one in sheet.lines:
        effects.console.item(MARKS[one.verdict.state.value], f"{one.name:<12} {plain(one.verdict.evidence)}")
        if one.verdict.todo:
            effects.console.say(f"    next: {plain(one.verdict.todo)}")
