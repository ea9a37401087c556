"""Take pictures of Grafana's dashboards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.options import Option
from pipelines.grafana.choice import is_meant, refuse_unknown
from pipelines.grafana.live import live_grafana
from stack.errors import Refused
from stack.places import shown as place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from pipelines.core.effects import Effects
    from pipelines.grafana.live import LiveGrafana

__all__ = ["OPTIONS", "run"]

OPTIONS = (
    Option("name", "only this dashboard, by its file's stem, its uid or its title", positional=True),
    Option("out", "the folder to write to, in place of var/<environment>/shots"),
)


def run(effects: Effects) -> int:
    """Write a PNG for each dashboard that is shown."""
    from pipelines.grafana.shooting import Camera
    from stack.clients.chromium import ABSENT, chromium
    from stack.clients.grafana.door import opened  # brings Grafana's client along

    live, browser = live_grafana(effects), chromium()
    if browser is None:
        raise Refused(message=ABSENT)
    live.server.check_login()
    folder = Path(effects.options.text("out") or effects.folder / "shots")
    folder.mkdir(parents=True, exist_ok=True)
    taken = {}
    with opened(live.server.session) as door:
        for stem, model in _chosen(live, effects.options.text("name")):
            taken[stem] = folder / f"{stem}.png"
            Camera(browser, door).shoot(model, taken[stem])
            effects.console.item("✓", place(taken[stem]))
    effects.console.result({stem: str(path) for stem, path in taken.items()})
    effects.console.end(f"{len(taken)} picture(s) in {place(folder)}")
    return 0


def _chosen(live: LiveGrafana, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each dashboard that is meant and shown, by the stem of its file."""
    found = {file.removesuffix(".json"): (model, one) for file, model, one in live.shown().pairs}
    known = [known for stem, (_, one) in found.items() for known in (stem, one.uid, one.title)]
    refuse_unknown(name, known)
    for stem, (model, one) in found.items():
        if is_meant(name, stem, one.uid, one.title):
            yield stem, {**model, "uid": one.uid}
