"""Whether an archive of images is whole: every part of it is named by its own digest.

An engine looks itself, but only at what it reads, and late: some images would be loaded by then.

Source: https://github.com/moby/docker-image-spec/blob/main/spec.md
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import tarfile
from typing import IO, TYPE_CHECKING, Any, cast

from stack.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["names_in_archive"]

MANIFEST = "manifest.json"


class _Damaged(Exception):
    """Says in one clause what is wrong."""


def names_in_archive(file: Path) -> tuple[str, ...]:
    """Name the images of an archive that `docker save` or we have written, after reading all of it.

    Raises:
        Refused: it is cut off, a part of it is not what its digest says, or it is no such archive.
        OSError: it cannot be read.
    """
    try:
        with tarfile.open(file, "r:") as tar:
            return tuple(sorted(name for entry in _manifest(tar) for name in _proved(entry, tar)))
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, _Damaged) as error:
        said = f"there is no {error}" if isinstance(error, KeyError) else str(error)
        message = f"{file} is damaged or no archive of images: {said}"
        raise Refused(message=message, hint="copy or export it again; nothing was loaded") from error


def _manifest(tar: tarfile.TarFile) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", json.load(_open(MANIFEST, tar)))


def _proved(entry: dict[str, Any], tar: tarfile.TarFile) -> list[str]:
    """Give the names of an image whose configuration and layers are what they should be."""
    configuration = _open(entry["Config"], tar).read()
    _compare(entry["Config"], hashlib.sha256(configuration).hexdigest(), entry["Config"])
    expected = json.loads(configuration)["rootfs"]["diff_ids"]
    for name, digest in zip(entry["Layers"], expected, strict=True):
        _compare(name, hashlib.file_digest(_open(name, tar), "sha256").hexdigest(), digest)  # type: ignore[arg-type] # a tar's file has all that is asked of it
    return entry["RepoTags"] or []


def _compare(name: str, found: str, expected: str) -> None:
    if found not in expected:
        message = f"{name} is not what its digest says"
        raise _Damaged(message)


def _open(name: str, tar: tarfile.TarFile) -> IO[bytes]:
    """Open a part of the archive; a layer that several images share is a link from the second on."""
    member = tar.getmember(name)
    if member.issym():
        return _open(posixpath.normpath(posixpath.join(posixpath.dirname(name), member.linkname)), tar)
    stream = tar.extractfile(member)
    if stream is None:
        message = f"{name} is no file"
        raise _Damaged(message)
    return stream
