"""Python's bytecode, made by the very Python of an image: on a read-only root it could keep none."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

from stack.clients.command import run
from stack.imaging.elf import needs
from stack.imaging.layer import read_folder
from stack.sources._cache import scratch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from stack.imaging.layer import Entry, Layer
    from stack.sources import Place

__all__ = ["COMPILE", "bytecode"]

PYTHON = "usr/bin/python3"
LIBRARIES = ("usr/lib/", "usr/lib64/", "usr/bin/python3")
COMPILE = ("-B", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash")
"""It halves the time that one of our programs takes to start.

Without a look at the sources, which do not change in an image, and without a time of ours in it: so the
compiler must not keep what it compiles of itself in the usual way, or it would take that for done."""


def bytecode(entries: Mapping[str, Entry], below: Sequence[Layer], place: Place) -> dict[str, Entry]:
    """Compile the Python sources of a layer to be.

    Args:
        entries: what will be in the layer.
        below: the layers that it will lie on; they, or it, hold the Python.
        place: the cache, for scratch files.

    Raises:
        CommandFailed: a source is no Python, or the Python cannot be run on this machine.
        OSError: the disk is full.
    """
    with scratch(place.cache) as folder:
        root = folder / "root"
        for layer in below:
            _open(layer, root)
        _lay(entries, root)
        _compile(root, [root / path for path in entries if path.endswith(".py")])
        return {path: entry for path, entry in read_folder(root, passing=True) if _is_new(path, entries)}


def _is_new(path: str, entries: Mapping[str, Entry]) -> bool:
    source = path.replace("__pycache__/", "").partition(".cpython-")[0]
    return path.endswith(".pyc") and f"{source}.py" in entries


def _open(layer: Layer, root: Path) -> None:
    with tarfile.open(layer.path) as tar:
        wanted = [member for member in tar if not member.isdir() and _helps(member.name)]
        for member in wanted:
            tar.extract(member, root)


def _helps(path: str) -> bool:
    """Say whether the compiler may need a file of a layer below."""
    return path.startswith(LIBRARIES) and "__pycache__" not in path and "dist-packages" not in path


def _lay(entries: Mapping[str, Entry], root: Path) -> None:
    for path, entry in entries.items():
        if path.startswith(LIBRARIES):
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if entry.target:
                target.symlink_to(entry.target)
            else:
                target.write_bytes(entry.data if isinstance(entry.data, bytes) else entry.data.read_bytes())
                target.chmod(entry.mode)


def _compile(root: Path, sources: Sequence[Path]) -> None:
    """Run the image's Python by its own loader and with its own libraries, whatever this machine has."""
    loader = root / "usr" / needs((root / PYTHON).read_bytes()).loader.lstrip("/")
    listed = root / "sources"
    listed.write_text("".join(f"{path}\n" for path in sources))
    libraries = ":".join(map(str, _libraries(root)))
    words: tuple[str | Path, ...] = (loader, "--library-path", libraries, root / PYTHON)
    places: tuple[str | Path, ...] = ("-s", root, "-p", "/", "-i", listed)
    variables = {"PYTHONHOME": str(root / "usr"), "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"}
    run([*words, *COMPILE, *places], env=variables, inherit=False, timeout=300).checked()


def _libraries(root: Path) -> Iterator[Path]:
    return (path for path in sorted((root / "usr/lib").glob("*-linux-gnu*")) if path.is_dir())
