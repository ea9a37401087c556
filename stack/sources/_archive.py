"""Release archives: which digest one must have, whether it has it, and what is in it."""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from stack.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check", "read_digest", "unpack"]

BARE = re.compile(r"[0-9a-fA-F]{32,128}")


def read_digest(text: str, file: str) -> str:
    """Find a file's digest in a list of `<hex>  <file name>` lines, or in a text that is but one digest.

    Gives lower-case hexadecimal, nothing where the list does not name the file.
    """
    if BARE.fullmatch(text.strip()):
        return text.strip().lower()
    for words in map(str.split, text.splitlines()):
        # sha256sum marks a file that was read in binary mode by a star; some lists write ./ before it.
        if len(words) == 2 and words[1].removeprefix("*").removeprefix("./") == file:
            return words[0].lower()
    return ""


def check(archive: Path, algorithm: str, expected: str, listed: str) -> None:
    """Compare an archive with the digest that it must have; where it differs it is removed.

    Args:
        archive: the file.
        algorithm: the digest's algorithm, as `hashlib` names it.
        expected: the digest in lower-case hexadecimal.
        listed: who says so, for the message.

    Raises:
        Refused: it is another file.
    """
    with archive.open("rb") as stream:
        found = hashlib.file_digest(stream, algorithm).hexdigest()
    if found != expected:
        archive.unlink()
        message = f"{archive.name} has {algorithm} {found}, but {listed} says {expected}; it was removed"
        raise Refused(message=message)


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack a tar archive below a folder, and give its own top folder.

    Raises:
        Refused: it is cut off, no archive at all, or would write outside of the folder.
        OSError: the disk is full.
    """
    try:
        with tarfile.open(archive) as tar:
            if hasattr(tarfile, "data_filter"):
                tar.extractall(folder, filter="data")
            else:
                tar.extractall(folder, [_plain(member) for member in tar])  # noqa: S202 # each one was looked at
    except (tarfile.TarError, EOFError, zlib.error) as error:
        first = str(error).partition("\n")[0].rstrip(":")
        raise Refused(message=f"{archive.name} cannot be unpacked: {first}") from error
    tops = list(folder.iterdir())
    return tops[0] if len(tops) == 1 and tops[0].is_dir() else folder


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    # Python before 3.11.4 has no filters: there a file or folder within is all that is taken.
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
        message = f"{member.name!r} is no plain file below the folder"
        raise tarfile.ExtractError(message)
    member.mode &= 0o755
    member.uid, member.gid, member.uname, member.gname = os.getuid(), os.getgid(), "", ""
    return member
