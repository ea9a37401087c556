"""Pull the official images of an environment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipelines.commands.images._wanted import wanted
from stack.errors import Refused

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["run"]


def run(effects: Effects) -> int:
    """Fetch what the engine has not got yet, as a deploy would; what is there already is left as it is."""
    from stack.clients.docker import engine  # brings requests along
    from stack.imaging.pulling import pull
    from stack.imaging.shelf import held

    client, started = engine(), time.monotonic()
    environment, found = wanted(effects)
    if environment.images == "built":
        message = f"{environment.name} runs images that are built here; no registry has them"
        raise Refused(message=message, hint=f"invoke images.build --env {environment.name}")
    official = [one for one in found if one.program]
    missing = [one for one in official if held(client, one.reference) is None]
    for one in missing:
        with effects.console.stage(one.name):
            pull(client, one.reference, effects.console.fetching)
    effects.console.result({"pulled": [one.reference for one in missing]})
    effects.console.end(
        f"{len(missing)} image(s) pulled, {len(official) - len(missing)} there already, "
        f"in {time.monotonic() - started:.1f} s; next: invoke images.build --env {environment.name}"
    )
    return 0
