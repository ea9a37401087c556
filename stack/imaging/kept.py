"""Layers that are made of packages: made once, kept on this machine, and known again by their digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.imaging.layer import Layer, write
from stack.sources._cache import scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stack.imaging.layer import Entry
    from stack.sources import Place

__all__ = ["forget", "kept"]

DIGITS = 16
"""Of a digest, in the name of a file."""


def kept(name: str, key: str, place: Place, make: Callable[[], Mapping[str, Entry]]) -> Layer:
    """Give a layer that was made before, or make it.

    Args:
        name: what the layer is.
        key: what it depends on, in a few hexadecimal digits.
        place: the cache.
        make: gives its files.

    Raises:
        OSError: the disk is full.
    """
    folder = place.cache / "layers"
    for file in sorted(folder.glob(f"{name}-{key}-*.tar")):
        layer = Layer.of(file)
        if file.stem.endswith(f"-{layer.digest[:DIGITS]}"):
            return layer
    return _made(name, key, place, make)


def forget(place: Place) -> None:
    """Remove every kept layer, so that the next ones are made of what the archive has by then."""
    for file in (place.cache / "layers").glob("*.tar"):
        file.unlink(missing_ok=True)


def _made(name: str, key: str, place: Place, make: Callable[[], Mapping[str, Entry]]) -> Layer:
    folder = place.cache / "layers"
    with scratch(place.cache) as gone:
        layer = write(make(), gone / "layer.tar")
        for old in folder.glob(f"{name}-*.tar"):
            old.unlink(missing_ok=True)
        folder.mkdir(exist_ok=True)
        target = folder / f"{name}-{key}-{layer.digest[:DIGITS]}.tar"
        layer.path.replace(target)
    return Layer(target, layer.digest, layer.size)
