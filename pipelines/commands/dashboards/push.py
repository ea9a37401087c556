"""Show a changed file in a scratch folder of Grafana."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.options import Option
from pipelines.grafana.choice import is_meant, refuse_unknown
from pipelines.grafana.live import live_grafana
from pipelines.stages.render import rendered
from stack.errors import DefinitionInvalid, Refused

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from pipelines.grafana.scratch import Scratch
    from stack.dashboards.reading import Dashboard

__all__ = ["OPTIONS", "run"]

OPTIONS = (
    Option("name", "which dashboard, by its file's stem or its uid", positional=True),
    Option("clear", "take it out again; without a name, all of them", default=False),
)


def run(effects: Effects) -> int:
    """Show it and print its address, or clear what was shown."""
    from pipelines.grafana.scratch import TITLE, Scratch  # brings Grafana's client along

    live = live_grafana(effects)
    scratch, name = Scratch(live.server), effects.options.text("name")
    if effects.options.flag("clear"):
        return _clear(scratch, name, effects)
    file = _chosen(name, effects)
    uid, changed = scratch.show(file.model)
    address = f"{live.address}/d/{uid}"
    effects.console.result({"dashboard": file.stem, "address": address, "changed": changed})
    said = "is shown" if changed else "is shown already"
    effects.console.end(f"{file.name} {said} in the folder {TITLE}: {address}")
    return 0


def _clear(scratch: Scratch, name: str, effects: Effects) -> int:
    from pipelines.grafana.scratch import TITLE

    count = int(scratch.remove(str(_chosen(name, effects).model["uid"]))) if name else scratch.clear()
    effects.console.result({"cleared": count})
    effects.console.end(f"{count} dashboard(s) taken out of the folder {TITLE}")
    return 0


def _chosen(name: str, effects: Effects) -> Dashboard:
    """Find the dashboard that is meant, as the files have it now.

    Raises:
        Refused: no name was given, or no dashboard has it.
        DefinitionInvalid: its file gives no model, or one without a uid.
    """
    files = rendered(effects).stack.dashboards
    if not name:
        raise Refused(message="which dashboard? give its name", hint=f"one of: {', '.join(sorted(files))}")
    found = [one for one in files.values() if is_meant(name, one.stem, str(one.model.get("uid")))]
    if not found:
        refuse_unknown(name, files)
    file = found[0]
    if not file.model.get("uid"):
        raise DefinitionInvalid(file=file.name, message=file.fault or "the dashboard has no uid")
    return file
