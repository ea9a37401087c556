"""Images in one file, to be carried to where no registry is reached: written whole or not at all."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stack.clients.docker import saved
from stack.errors import Refused
from stack.imaging.proof import names_in_archive
from stack.imaging.shelf import held, send, told
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from docker import DockerClient

__all__ = ["carry_in", "carry_out", "list_file"]

CHUNK = 1 << 20


def list_file(file: Path) -> Path:
    """Name the file that keeps an archive's digest, as `sha256sum --check` reads it."""
    return file.with_name(f"{file.name}.sha256")


def carry_out(
    engine: DockerClient, references: Sequence[str], file: Path, tell: Callable[[int, int | None], None]
) -> str:
    """Write images of the engine into one file, and its digest into another beside it.

    Args:
        engine: the engine.
        references: the images.
        file: the file; what was there before stays until the new one is whole.
        tell: takes the bytes that are written, and about how many there will be.

    Returns:
        The SHA-256 of the file.

    Raises:
        EngineRefused: the engine lacks one of the images.
        EngineUnreachable: it went away.
        OSError: the disk is full or the folder cannot be written.
    """
    names = [reference.partition("@")[0] for reference in references]  # an archive keeps names alone
    about = sum(found.size for name in references if (found := held(engine, name)))
    digest = hashlib.sha256()
    with _whole(file) as target:
        for chunk in told(saved(engine, names), lambda done: tell(done, max(done, about))):
            target.write(chunk)
            digest.update(chunk)
    write_atomically(list_file(file), f"{digest.hexdigest()}  {file.name}\n".encode())
    return digest.hexdigest()


def carry_in(engine: DockerClient, file: Path, tell: Callable[[int, int | None], None]) -> tuple[str, ...]:
    """Load every image of a file into the engine, once it was read to its end and found whole.

    Returns:
        The images' names.

    Raises:
        Refused: the file is damaged, or no archive of images.
        EngineRefused: the engine would not take it.
        EngineUnreachable: it went away.
        OSError: the file cannot be read.
    """
    _refuse_changed(file)
    names = names_in_archive(file)
    total = file.stat().st_size
    send(engine, told(_chunks(file), lambda done: tell(done, total)), f"load {file.name}")
    return names


def _refuse_changed(file: Path) -> None:
    """Compare a file with the digest beside it, where that came along.

    Raises:
        Refused: it is another file than the one that was written.
    """
    try:
        expected = list_file(file).read_text().split()[0]
    except (FileNotFoundError, IndexError):
        return
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != expected:
        message = f"{file} has SHA-256 {found}, but {list_file(file).name} says {expected}"
        raise Refused(message=message, hint="copy it again; nothing was loaded")


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to that takes its name only when all of it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk
