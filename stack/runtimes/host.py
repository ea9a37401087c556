"""What only the engine's own machine can tell: a container is shown one place of it, and looks."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from stack.clients.docker import address, answered, bind
from stack.errors import EngineRefused, Refused
from stack.images import OWN
from stack.runtimes.compose_file import SOCKET, SOCKET_GROUP, SOCKET_PLACE

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.types import Mount

__all__ = ["refuse_folder", "socket"]

LOOK = f"""
import os, socket
from stack.exporters.discoverer.engine import Engine
group, (user, own_group) = os.stat("{SOCKET}").st_gid, map(int, "{OWN.user}".split(":"))
os.setgroups([group]), os.setgid(own_group), os.setuid(user)
engine = Engine("unix://{SOCKET}")
engine.negotiate()
engine.get("/containers/" + socket.gethostname() + "/json")
print(group)
"""
"""Tells a socket's group, where our programs reach by it the very engine that they run on."""

READ = """
import os
try:
    os.listdir('/place')
except OSError as error:
    print(error.strerror)
"""


def socket(engine: DockerClient, image: str) -> dict[str, str]:
    """Give the path of the engine's socket on its own machine and the group that may use it, as Compose asks.

    Args:
        engine: the engine.
        image: our own image.

    Raises:
        EngineRefused: where one would look, there is none that leads to it.
    """
    own = address().partition("unix://")[2]
    looked = dict.fromkeys(place for place in (SOCKET, own) if place)
    for place in looked:
        with suppress(EngineRefused), answered("look behind a socket"):
            group = _seen(engine, image, bind(place, SOCKET), LOOK, "0:0", rights=("SETGID", "SETUID"))
            return {SOCKET_PLACE: place, SOCKET_GROUP: group}
    message = f"no socket of it that user {OWN.user} may be let use is at {' or '.join(looked)}"
    raise EngineRefused(what="be reached from a container", message=message)


def refuse_folder(engine: DockerClient, image: str, folder: str, user: str) -> None:
    """Refuse a folder of targets that is not there, or that its reader may not read.

    Args:
        engine: the engine.
        image: our own image.
        folder: the folder, on the engine's machine.
        user: who is to read it.

    Raises:
        Refused: with the reason.
    """
    try:
        with answered(f"look into {folder}"):
            wrong = _seen(engine, image, bind(folder, "/place"), READ, user)
    except EngineRefused as error:
        if "does not exist" not in str(error):
            raise
        wrong = "there is no such folder"
    if wrong:
        hint = f"user {user} must be able to list it; `discovery.folder` names it"
        raise Refused(message=f"{folder} on the engine's machine: {wrong}", hint=hint)


def _seen(  # noqa: PLR0913 # what a container is started with
    engine: DockerClient, image: str, mount: Mount, script: str, user: str, *, rights: tuple[str, ...] = ()
) -> str:
    said = engine.containers.run(
        image,
        ["-c", script],
        entrypoint=["python3"],
        user=user,
        network_mode="none",
        cap_drop=["ALL"],
        cap_add=list(rights),
        read_only=True,
        remove=True,
        mounts=[mount],
    )
    return str(said.decode()).strip()
