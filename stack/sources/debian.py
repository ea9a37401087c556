"""Programs out of Debian's own archive, in a private root: no root rights, nothing is installed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from stack.clients import apt
from stack.errors import CommandFailed, Refused, StackError
from stack.programs import aliases
from stack.sources import Source, architecture
from stack.sources._cache import install, kept, scratch
from stack.sources._record import Record
from stack.sources._templates import BESIDE, FOLDER, relocate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from stack.clients.apt import Apt, Package
    from stack.sources import Place
    from stack.sources._wanted import Wanted

__all__ = ["SOURCE", "client", "downloaded", "upstream_version"]


FOLDERS = ("usr/bin", "usr/libexec/docker/cli-plugins")


def look(wanted: Wanted, place: Place) -> Record | str:
    """Give the program that was unpacked before."""
    return kept(wanted, place, "debian")


def fetch(wanted: Sequence[Wanted], place: Place) -> Mapping[str, Record | str]:
    """Fetch programs from the environment's suite: one index, one download, then each is unpacked."""
    answers: dict[str, Record | str] = {one.name: "Debian has no package of it" for one in wanted}
    packaged = [one for one in wanted if one.program.packages]
    if not packaged:
        return answers
    try:
        archive = client(place)
        index = archive.packages([name for one in packaged for name in one.program.packages])
        chosen = {one.name: _chosen(one, index, archive.suite) for one in packaged}
        listed = [package for some in chosen.values() if isinstance(some, list) for package in some]
        files = downloaded(archive, listed, place)
    except (StackError, OSError) as error:
        return answers | {one.name: str(error) for one in packaged}
    return answers | {one.name: _installed(one, chosen[one.name], files, place) for one in packaged}


def client(place: Place) -> Apt:
    """Give apt with a fresh index of the environment's suite, from the first mirror that has one.

    Raises:
        CommandFailed: none of them has, with what the first one said.
        Refused: apt names no Debian archive on this machine.
    """
    suite = place.settings.suite
    made = apt.Apt(place.cache / f"apt-{suite}", suite, architecture())
    faults = []
    for mirror in apt.mirrors():
        try:
            made.update(mirror)
        except CommandFailed as error:
            faults.append(error)
        else:
            return made
    raise faults[0] if faults else Refused(message="apt names no Debian archive on this machine")


def _chosen(wanted: Wanted, index: Mapping[str, Package], suite: str) -> list[Package] | str:
    names = wanted.program.packages
    if names[0] not in index:
        return f"{suite} has no package {names[0]}"
    fault = wanted.fault(upstream_version(index[names[0]].version))
    return f"in {suite}, {fault}" if fault else [index[name] for name in names if name in index]


def upstream_version(version: str) -> str:
    """Give the project's version within a Debian one: `1:3.5.3~rc1+ds1-6` is `3.5.3rc1+ds1`.

    Source: https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
    """
    without_epoch = version.partition(":")[2] or version
    return (without_epoch.rpartition("-")[0] or without_epoch).replace("~", "")


def downloaded(archive: Apt, packages: Sequence[Package], place: Place) -> dict[str, Path]:
    """Download packages and tell how far it is; give the file of each by its name.

    Raises:
        CommandFailed: with apt's own reason.
        Refused: a file is not what the index says.
    """
    total = sum(package.size for package in packages)
    with ThreadPoolExecutor(1) as pool:
        download = pool.submit(archive.download, packages)
        while not wait([download], timeout=0.2).done:
            place.progress(f"Debian {archive.suite}", min(archive.fetched(packages), total), total)
    files = download.result()
    place.progress(f"Debian {archive.suite}", total, total)
    return files


def _installed(
    wanted: Wanted, packages: list[Package] | str, files: Mapping[str, Path], place: Place
) -> Record | str:
    if isinstance(packages, str):
        return packages
    try:
        with scratch(place.cache) as folder:
            for package in packages:
                apt.unpack(files[package.name], folder / "root")
            return install(_unpacked(wanted, upstream_version(packages[0].version), folder / "root"), place)
    except (StackError, OSError) as error:
        return str(error)


def _unpacked(wanted: Wanted, version: str, root: Path) -> Record:
    executables = {name: _executable(name, root) for name in wanted.program.executables}
    templates = (root / FOLDER / "default.tmpl").exists()
    if templates:
        server = root / executables[wanted.program.executables[0]]
        server.write_bytes(relocate(server.read_bytes()))
    return Record(
        folder=root,
        program=wanted.name,
        version=version,
        source="debian",
        wanted=wanted.version,
        executables=executables,
        beside={BESIDE: FOLDER} if templates else {},
    )


def _executable(name: str, root: Path) -> str:
    paths = (f"{folder}/{alias}" for folder in FOLDERS for alias in aliases(name))
    for path in paths:
        if (root / path).is_file():
            return path
    raise Refused(message=f"its packages hold no {name}")


SOURCE = Source(look=look, fetch=fetch)
