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

__all__ = ["SOURCE", "upstream_version"]


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
        client = _client(place)
        index = client.packages([name for one in packaged for name in one.program.packages])
        chosen = {one.name: _chosen(one, index, client.suite) for one in packaged}
        files = _downloaded(client, chosen, place)
    except (StackError, OSError) as error:
        return answers | {one.name: str(error) for one in packaged}
    return answers | {one.name: _installed(one, chosen[one.name], files, place) for one in packaged}


def _client(place: Place) -> Apt:
    suite = place.settings.suite
    client = apt.Apt(place.cache / f"apt-{suite}", suite, architecture())
    faults = []
    for mirror in apt.mirrors():
        try:
            client.update(mirror)
        except CommandFailed as error:
            faults.append(error)
        else:
            return client
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


def _downloaded(client: Apt, chosen: Mapping[str, list[Package] | str], place: Place) -> dict[str, Path]:
    packages = [package for some in chosen.values() if isinstance(some, list) for package in some]
    total = sum(package.size for package in packages)
    with ThreadPoolExecutor(1) as pool:
        download = pool.submit(client.download, packages)
        while not wait([download], timeout=0.2).done:
            place.progress(f"Debian {client.suite}", min(client.fetched(packages), total), total)
    files = download.result()
    place.progress(f"Debian {client.suite}", total, total)
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
    for alias in aliases(name):
        if (root / "usr/bin" / alias).is_file():
            return f"usr/bin/{alias}"
    raise Refused(message=f"its packages hold no {name}")


SOURCE = Source(look=look, fetch=fetch)
