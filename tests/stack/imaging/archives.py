"""Archives of images as we and the engine write them, and ways to damage one."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING

from stack.imaging.archive import Recipe, stream
from stack.imaging.layer import Layer, plain, write

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["RECIPE", "as_the_engine", "layers", "ours"]

RECIPE = Recipe("x/y:1", "amd64", "65534:65534", ("/bin/y",), {"a": "b"}, {"PATH": "/bin"})


def layers(folder: Path) -> tuple[Layer, Layer]:
    """Give two small layers."""
    below = write({"etc/a": plain(b"a" * 3000)}, folder / "below.tar")
    return below, write({"bin/y": plain(b"y" * 5000)}, folder / "above.tar")


def ours(folder: Path) -> Path:
    """Write an archive as it is sent to an engine."""
    file = folder / "ours.tar"
    file.write_bytes(b"".join(stream(RECIPE, layers(folder))))
    return file


def as_the_engine(folder: Path) -> Path:
    """Write one as an engine saves two images: what they share is a link from the second on."""
    below, above = layers(folder)
    documents = {one: RECIPE.configuration(some) for one, some in (("1", (below, above)), ("2", (below,)))}
    file = folder / "saved.tar"
    with tarfile.open(file, "w") as tar:
        for name, data in documents.items():
            _add(tar, f"{name}.json", data)
        _add(tar, "i/layer.tar", below.path.read_bytes())
        _add(tar, "j/layer.tar", above.path.read_bytes())
        shared = tarfile.TarInfo("k/layer.tar")
        shared.type, shared.linkname = tarfile.SYMTYPE, "../i/layer.tar"
        tar.addfile(shared)
        _add(tar, "manifest.json", json.dumps(_manifest()).encode())
    return _named(file, documents)


def _manifest() -> list[dict[str, object]]:
    return [
        {"Config": "1.json", "RepoTags": ["x/y:1"], "Layers": ["i/layer.tar", "j/layer.tar"]},
        {"Config": "2.json", "RepoTags": ["x/z:2"], "Layers": ["k/layer.tar"]},
    ]


def _named(file: Path, documents: dict[str, bytes]) -> Path:
    """Name the configurations by their digests, as an engine does."""
    import hashlib

    names = {f"{one}.json": f"{hashlib.sha256(data).hexdigest()}.json" for one, data in documents.items()}
    target = file.with_name("engine.tar")
    with tarfile.open(file) as old, tarfile.open(target, "w") as new:
        for member in old:
            data = old.extractfile(member)
            content = data.read() if data and not member.issym() else b""
            if member.name == "manifest.json":
                for short, long in names.items():
                    content = content.replace(short.encode(), long.encode())
            member.name, member.size = names.get(member.name, member.name), len(content)
            new.addfile(member, io.BytesIO(content))
    return target


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))
