"""The images that an engine has: whether one is there as it is wanted, and putting one there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.clients.docker import answered, if_there
from stack.errors import EngineRefused, EngineUnreachable, Refused
from stack.images import BUILT
from stack.imaging.archive import stream, weight
from stack.sources import architecture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from docker import DockerClient

    from stack.imaging.archive import Recipe
    from stack.imaging.layer import Layer

__all__ = ["INPUTS", "Held", "held", "load", "refuse_another_machine", "send", "told"]

INPUTS = "monitoring.inputs"
"""The label that says what an image of ours was made of."""


@dataclass(frozen=True, slots=True)
class Held:
    """An image that an engine has.

    Args:
        identity: its id, `sha256:…`.
        size: bytes of all its layers.
        user: who its programs are by default; empty for root.
        built: whether it is of our making.
        inputs: what it was made of, where it is.
    """

    identity: str
    size: int
    user: str
    built: bool
    inputs: str


def held(engine: DockerClient, reference: str) -> Held | None:
    """Give an image by its name, None where the engine has none of it.

    With a digest behind the name, what a registry gave must be just that. What came in a file has no digest
    of a registry: the file's own was compared when it was loaded.

    Raises:
        EngineRefused: the engine said no.
        EngineUnreachable: it went away.
    """
    named, _, digest = reference.partition("@")
    got = if_there(f"look for image {named}", lambda: engine.images.get(named))
    if got is None:
        return None
    found: dict[str, Any] = got.attrs
    pulled = [one.partition("@")[2] for one in found.get("RepoDigests") or ()]
    if digest and pulled and digest not in pulled:
        return None
    config = found.get("Config") or {}
    labels = config.get("Labels") or {}
    user, size = config.get("User", ""), int(found.get("Size", 0))
    return Held(found["Id"], size, user, labels.get(BUILT) == "1", labels.get(INPUTS, ""))


def load(
    engine: DockerClient,
    recipe: Recipe,
    layers: Sequence[Layer],
    progress: Callable[[str, int, int | None], None],
) -> None:
    """Send an image to the engine.

    Raises:
        EngineRefused: it would not take it, with its own words: a full disk of its own for one.
        EngineUnreachable: it went away.
        OSError: a layer cannot be read.
    """
    total = weight(layers)
    archive = told(stream(recipe, layers), lambda sent: progress(recipe.reference, min(sent, total), total))
    send(engine, archive, f"load image {recipe.reference}")


def send(engine: DockerClient, data: Iterable[bytes], what: str) -> None:
    """Send an archive to the engine and read what it says of it.

    Raises:
        EngineRefused: it would not take it.
        EngineUnreachable: it went away.
        OSError: the archive cannot be read to its end.
    """
    faults: list[OSError] = []
    try:
        _send(engine, _noting(data, faults), what)
    except EngineUnreachable:
        # The HTTP library takes whatever ends what it sends for the connection's end.
        if faults:
            raise faults[0] from None
        raise


def _send(engine: DockerClient, data: Iterable[bytes], what: str) -> None:
    with answered(what):
        for line in engine.api.load_image(data):  # type: ignore[no-untyped-call] # the stubs forgot it
            if isinstance(line, dict) and (fault := line.get("error")):
                raise EngineRefused(what=what, message=str(fault).strip())


def _noting(data: Iterable[bytes], faults: list[OSError]) -> Iterator[bytes]:
    try:
        yield from data
    except OSError as error:
        faults.append(error)
        raise


def refuse_another_machine(engine: DockerClient) -> None:
    """Refuse an engine whose machine could not run the programs of this one.

    Raises:
        Refused: its architecture is another one.
    """
    with answered("say what machine it is on"):
        theirs = str(engine.version().get("Arch", ""))
    if theirs != architecture():
        message = f"images are built for {architecture()}, but the engine is on {theirs}"
        raise Refused(message=message, hint="build on a machine like the engine's")


def told(data: Iterable[bytes], tell: Callable[[int], None]) -> Iterator[bytes]:
    """Yield chunks of data and tell after each how many bytes have passed."""
    sent = 0
    for chunk in data:
        yield chunk
        sent += len(chunk)
        tell(sent)
