"""An image as an engine loads it: its configuration and layers in one archive, written while it is sent.

Source: https://github.com/moby/docker-image-spec/blob/main/spec.md
"""

from __future__ import annotations

import hashlib
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.emit import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from stack.imaging.layer import Layer

__all__ = ["Recipe", "stream", "weight"]

CHUNK = 1 << 20
EPOCH = "1970-01-01T00:00:00Z"
"""No time of ours is in an image: equal files make an equal image."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an image is, but for its layers.

    Args:
        reference: its name, `repository:tag`.
        architecture: Debian's name of the architecture, which is the engine's as well.
        user: `uid:gid`.
        command: what it starts.
        labels: its labels.
        variables: what its programs find in their environment.
    """

    reference: str
    architecture: str
    user: str
    command: tuple[str, ...]
    labels: Mapping[str, str]
    variables: Mapping[str, str]

    def configuration(self, layers: Sequence[Layer]) -> bytes:
        """Give the configuration; its digest is the image's id.

        Source: https://github.com/opencontainers/image-spec/blob/main/config.md
        """
        document: dict[str, Any] = {
            "architecture": self.architecture,
            "os": "linux",
            "created": EPOCH,
            "config": {
                "User": self.user,
                "Entrypoint": list(self.command),
                "Env": [f"{name}={value}" for name, value in self.variables.items()],
                "Labels": dict(self.labels),
                "WorkingDir": "/",
            },
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer.digest}" for layer in layers]},
            "history": [{"created": EPOCH, "created_by": "invoke images.build"} for _ in layers],
        }
        return to_json(document)


def stream(recipe: Recipe, layers: Sequence[Layer]) -> Iterator[bytes]:
    """Yield the archive of one image, as `docker save` would write it.

    Raises:
        OSError: a layer cannot be read.
    """
    configuration = recipe.configuration(layers)
    name = f"{hashlib.sha256(configuration).hexdigest()}.json"
    parts = [f"{layer.digest}/layer.tar" for layer in layers]
    manifest = [{"Config": name, "RepoTags": [recipe.reference], "Layers": parts}]
    yield from _member(name, configuration)
    for part, layer in zip(parts, layers, strict=True):
        yield from _file(part, layer.path, layer.size)
    yield from _member("manifest.json", to_json(manifest))
    yield bytes(2 * tarfile.BLOCKSIZE)


def weight(layers: Sequence[Layer]) -> int:
    """Give about how many bytes the archive will have: its layers, without its few small files."""
    return sum(layer.size for layer in layers)


def _member(name: str, data: bytes) -> Iterator[bytes]:
    yield _header(name, len(data))
    yield data + _padding(len(data))


def _file(name: str, path: Path, size: int) -> Iterator[bytes]:
    yield _header(name, size)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
    yield _padding(size)


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)
