"""Load the images of a file into the engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.commands.images._wanted import wanted
from pipelines.core.options import Option
from stack.errors import Refused

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("file", "an archive of `invoke images.export` or `docker save`", positional=True),)


def run(effects: Effects) -> int:
    """Look at all of it first: of a damaged archive nothing is loaded."""
    from stack.clients.docker import engine  # brings requests along
    from stack.imaging.carrying import carry_in
    from stack.imaging.shelf import held

    file = _file(effects.options.text("file"))
    client = engine()
    with effects.console.stage("import"):
        names = carry_in(client, file, lambda done, total: effects.console.fetching(file.name, done, total))
    missing = [one.reference for one in wanted(effects)[1] if held(client, one.reference) is None]
    effects.console.result({"file": str(file), "images": names, "missing": missing})
    for name in names:
        effects.console.item("✓", name)
    environment = effects.options.environment
    rest = f"{environment} still lacks {', '.join(missing)}" if missing else f"{environment} has all it wants"
    effects.console.end(f"{len(names)} image(s) loaded from {file.name}; {rest}")
    return 0


def _file(text: str) -> Path:
    if not text:
        raise Refused(message="images.import needs a file", hint="invoke images.import images.tar")
    file = Path(text).expanduser().absolute()
    if not file.is_file():
        raise Refused(message=f"there is no file {file}")
    return file
