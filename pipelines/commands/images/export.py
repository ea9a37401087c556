"""Write the images of an environment into one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.commands.images._wanted import wanted
from pipelines.core.options import Option
from stack.errors import Refused

if TYPE_CHECKING:
    from docker import DockerClient

    from pipelines.commands.images._wanted import Wanted
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("file", "the file to write; its digest lies beside it, as FILE.sha256", positional=True),)


def run(effects: Effects) -> int:
    """Save all of them in one archive, as `docker save` does, whole or not at all."""
    from stack.clients.docker import engine  # brings requests along
    from stack.imaging.carrying import carry_out

    file = _file(effects.options.text("file"))
    client = engine()
    _, found = wanted(effects)
    _refuse_missing(client, found)
    names = [one.reference for one in found]
    with effects.console.stage("export"):
        digest = carry_out(
            client, names, file, lambda done, total: effects.console.fetching(file.name, done, total)
        )
    size = file.stat().st_size
    effects.console.result({"file": str(file), "sha256": digest, "size": size, "images": names})
    effects.console.end(
        f"{len(names)} image(s), {size / 1e6:.1f} MB, are in {file}; "
        f"next, where they are wanted: invoke images.import {file.name}"
    )
    return 0


def _file(text: str) -> Path:
    if not text:
        raise Refused(message="images.export needs a file to write", hint="invoke images.export images.tar")
    file = Path(text).expanduser().absolute()
    if file.is_dir():
        raise Refused(message=f"{file} is a folder", hint=f"name a file in it: {file / 'images.tar'}")
    return file


def _refuse_missing(client: DockerClient, found: tuple[Wanted, ...]) -> None:
    """Refuse an archive that would lack something.

    Raises:
        Refused: the engine has not got one of the images.
    """
    from stack.imaging.shelf import held

    for one in found:
        if held(client, one.reference) is None:
            message = f"the engine has no image {one.reference}"
            raise Refused(message=message, hint="invoke images.list says how to get each one")
