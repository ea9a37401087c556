"""Fetching the official release archives of programs, or those of a mirror."""

from __future__ import annotations

import bz2
import re
import shutil
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stack.download import download, fetch_text
from stack.errors import Refused, StackError
from stack.sources import architecture
from stack.sources._archive import check, read_digest, unpack
from stack.sources._cache import install, scratch
from stack.sources._reach import silent
from stack.sources._record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from stack.programs import Release
    from stack.sources import Place
    from stack.sources._wanted import Wanted

__all__ = ["addresses", "fetch"]


MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def fetch(wanted: Sequence[Wanted], place: Place) -> Mapping[str, Record | str]:
    """Fetch the archives of programs in their wanted versions, where their hosts answer at all."""
    answers: dict[str, Record | str] = {}
    releases: dict[str, Release] = {}
    for one in wanted:
        try:
            releases[one.name] = addresses(one, place.settings.upstream, architecture())
        except Refused as error:
            answers[one.name] = str(error)
    faults = silent((release.digests for release in releases.values()), place.cache / "silent.json")
    for one in wanted:
        if release := releases.get(one.name):
            host = urlsplit(release.digests).netloc
            fault = faults.get(host)
            answers[one.name] = f"{host}: {fault}" if fault else _fetched(one, release, place)
    return answers


def addresses(wanted: Wanted, mirror: str, arch: str) -> Release:
    """Fill a program's version into the addresses of its release; a mirror stands for scheme and host.

    Raises:
        Refused: there is no release, or its address needs a build number that is not known.
    """
    release = wanted.program.release
    if release is None:
        raise Refused(message="no release archive of it is known")
    if "{build}" in release.archive and not wanted.build:
        message = (
            f"the address of {wanted.version} needs a build number that stack/binaries.lock does not name"
        )
        raise Refused(message=message)
    archive, digests = (
        _mirrored(
            address.format(version=wanted.version, arch=arch, machine=MACHINES[arch], build=wanted.build),
            mirror,
        )
        for address in (release.archive, release.digests)
    )
    return replace(release, archive=archive, digests=digests)


def _mirrored(address: str, mirror: str) -> str:
    return mirror.rstrip("/") + urlsplit(address).path if mirror else address


def _fetched(wanted: Wanted, release: Release, place: Place) -> Record | str:
    archive = place.cache / "downloads" / PurePosixPath(urlsplit(release.archive).path).name
    try:
        _download(wanted, release, archive, place)
        with scratch(place.cache) as folder:
            opened = _put if release.bare else unpack
            return install(_unpacked(wanted, opened(archive, folder / "root")), place)
    except (StackError, OSError) as error:
        return str(error)
    finally:
        archive.unlink(missing_ok=True)


def _download(wanted: Wanted, release: Release, archive: Path, place: Place) -> None:
    published = read_digest(fetch_text(release.digests), archive.name)
    if not published:
        raise Refused(message=f"{release.digests} does not name {archive.name}")
    label = f"{wanted.name} {wanted.version}"
    download(release.archive, archive, lambda done, total: place.progress(label, done, total))
    check(archive, release.algorithm, published, release.digests)
    if pinned := wanted.digests.get(architecture()):
        check(archive, "sha256", pinned, "stack/binaries.lock")


def _put(file: Path, folder: Path) -> Path:
    """Put a bare command into a folder, as if an archive had held it, without its version and machine."""
    folder.mkdir()
    target = folder / re.split(r"(?:[-_]v?\d[\d.]*)?[-_]linux[-_]", file.name)[0]
    opened = bz2.open if file.suffix == ".bz2" else open
    with opened(file, "rb") as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink)
    target.chmod(0o755)
    return folder


def _unpacked(wanted: Wanted, root: Path) -> Record:
    return Record(
        folder=root,
        program=wanted.name,
        version=wanted.version,
        source="upstream",
        wanted=wanted.version,
        executables={name: _executable(name, root) for name in wanted.program.executables},
    )


def _executable(name: str, root: Path) -> str:
    for path in (name, f"bin/{name}"):
        if (root / path).is_file():
            return path
    raise Refused(message=f"its archive holds no {name}")
