"""The layer of a program of someone else: the commands that the native runtime would run."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from stack.imaging.layer import Entry, executable, link, read_folder
from stack.sources._templates import BESIDE, put_back

if TYPE_CHECKING:
    from stack.binaries import Binary
    from stack.images import Image

__all__ = ["program_files"]

SHARED = "share/prometheus"
"""Below /usr: where Debian's programs look for pages and templates, by a path that was compiled in."""

ON_PATH = frozenset({"/bin", "/usr/bin"})


def program_files(binary: Binary, image: Image) -> dict[str, Entry]:
    """Give the files of a program's layer.

    Raises:
        OSError: one of them cannot be read.
    """
    entries = {f"usr/bin/{name}": executable(path) for name, path in binary.executables.items()}
    server = next(iter(binary.executables))
    if image.home:
        return dict(_at_home(binary, image, server))
    shared = read_folder(binary.folder / SHARED, passing=False)
    entries |= {f"usr/{SHARED}/{path}": entry for path, entry in shared}
    if BESIDE in binary.beside:
        entries[f"usr/bin/{server}"] = executable(put_back(binary.executables[server].read_bytes()))
    if str(PurePosixPath(image.command).parent) not in ON_PATH:
        entries[image.command.lstrip("/")] = link(f"/usr/bin/{server}")
    return entries


def _at_home(binary: Binary, image: Image, server: str) -> dict[str, Entry]:
    """Give a program that lives among its own files, all of which it may need."""
    home = image.home.lstrip("/")
    files = read_folder(binary.folder, passing=False)
    return {f"{home}/{path}": entry for path, entry in files} | {f"usr/bin/{server}": link(image.command)}
