"""Take edits made in Grafana over into the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.options import Option
from pipelines.grafana.choice import is_meant, refuse_unknown
from pipelines.grafana.live import live_grafana
from stack.places import shown as place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.effects import Effects
    from pipelines.grafana.live import LiveGrafana
    from pipelines.grafana.pulling import Pulled
    from stack.dashboards.live import Shown

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("name", "only this dashboard, by its file's stem, its uid or its title", positional=True),)

MARKS = {"written": "✓", "new": "✓", "same": "·", "by hand": "!", "clash": "✗"}


def run(effects: Effects) -> int:
    """Rewrite each JSON file; say what a Python file has to say. Exit with 2 where that is left to do."""
    live = live_grafana(effects)
    found = live.shown()
    pulled = list(_pulled(live, found, effects))
    effects.console.result(
        [
            {"dashboard": one.name, "file": str(one.path), "result": one.result, "lines": list(one.lines)}
            for one in pulled
        ]
    )
    for one in pulled:
        _tell(one, effects)
    return _end(pulled, effects)


def _pulled(live: LiveGrafana, found: Shown, effects: Effects) -> Iterator[Pulled]:
    from pipelines.grafana.pulling import Puller  # brings Grafana's client along

    name, files = effects.options.text("name"), live.release.stack.dashboards
    known = [known for uid, one in found.live.items() for known in (uid, one.title)]
    refuse_unknown(name, [*files, *known])
    sites = effects.options.sites
    puller = Puller(
        files=files,
        rendered=found.rendered,
        folder=(sites[-1] if sites else effects.root) / "dashboards",
        aside=effects.folder / "pulled",
    )
    for edit in live.edits(found):
        if not edit.unread and is_meant(name, edit.stem, edit.live.uid, edit.live.title):
            yield puller.pull(edit)
    for stranger in found.strangers:
        if is_meant(name, stranger.uid, stranger.title):
            yield puller.pull_stranger(stranger)


def _tell(one: Pulled, effects: Effects) -> None:
    said = {
        "written": "takes the edit over",
        "new": "is new",
        "same": "says so already",
        "by hand": f"is Python, so change it by hand; the edited model is {_aside(one, effects)}",
        "clash": "is left as it is",
    }
    effects.console.item(MARKS[one.result], f"{place(one.path)} {said[one.result]}")
    effects.console.say(*(f"      {line}" for line in one.lines))


def _aside(one: Pulled, effects: Effects) -> str:
    return place(effects.folder / "pulled" / f"{one.name}.json")


def _end(pulled: list[Pulled], effects: Effects) -> int:
    left = sum(one.is_left for one in pulled)
    written = sum(one.result in {"written", "new"} for one in pulled)
    if left:
        effects.console.end(f"{written} file(s) written; {left} dashboard(s) left to do by hand", good=False)
        return 2
    if not written:
        effects.console.end("nothing was edited in Grafana that the files do not say")
        return 0
    effects.console.end(f"{written} file(s) written; next: invoke dashboards.render, git diff, invoke deploy")
    return 0
