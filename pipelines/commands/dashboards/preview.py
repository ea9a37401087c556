"""Draw dashboards from the live Prometheus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.options import Option

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from stack.clients.chromium import Chromium
    from stack.dashboards.asking import Survey

__all__ = ["OPTIONS", "run"]

OPTIONS = (
    Option("name", "the dashboard, `overview`; without it all of them", positional=True),
    Option("out", "the folder to write pages and pictures to; without it `preview` beside the live release"),
    Option("since", "how far back to look: 15m; without it, as the dashboard does"),
)

HIGHEST = 16_000
"""Pixels that a browser can draw at once."""


def run(effects: Effects) -> int:
    """Write a page for each dashboard, and a picture of it where there is a browser."""
    from pipelines.commands.dashboards._live import surveyed  # brings requests along
    from stack.clients.chromium import ABSENT, chromium

    found, folder = surveyed("ask", effects), _folder(effects)
    browser, written = chromium(), []
    with effects.console.stage("draw"):
        for place, survey in enumerate(found, 1):
            effects.console.doing(f"draw: {survey.dashboard.name}, {place} of {len(found)}")
            written += _write(survey, folder, browser)
    effects.console.result({"files": [str(path) for path in written], "browser": browser is not None})
    for path in written:
        effects.console.item("✓", str(path))
    if browser is None:
        effects.console.item("!", ABSENT)
    effects.console.end(f"{len(found)} dashboard(s) drawn in {folder}")
    return 0


def _folder(effects: Effects) -> Path:
    given = effects.options.text("out")
    folder = Path(given).expanduser() if given else effects.folder / "preview"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(survey: Survey, folder: Path, browser: Chromium | None) -> list[Path]:
    from stack.dashboards.pictures.page import page_of
    from stack.dashboards.questions import SCREEN
    from stack.tree import write_atomically

    page, file = page_of(survey), folder / f"{survey.dashboard.stem}.html"
    write_atomically(file, page.html.encode())
    if browser is None:
        return [file]
    picture = file.with_suffix(".png")
    browser.shoot(file, picture, width=SCREEN, height=min(page.height, HIGHEST))
    return [file, picture]
