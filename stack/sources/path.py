"""Programs that are on this machine already: named in the environment file, or on PATH."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from stack.clients.command import run
from stack.errors import BinaryMissing, CommandFailed, Refused
from stack.programs import aliases
from stack.sources import Source
from stack.sources._record import Record, read, recognised

if TYPE_CHECKING:
    from stack.sources import Place
    from stack.sources._wanted import Wanted

__all__ = ["SOURCE", "read_version"]

VERSION = re.compile(
    r"\b(?:Metrics Exporter|Docker Compose version|restic)\s+v?(\d[\d.]*(?:-rc[.\d]+)?)"
    r"|\bversion:?\s+v?(\d[^\s,()]*)",
    re.IGNORECASE,
)


def look(wanted: Wanted, place: Place) -> Record | str:
    """Give the program that the environment names, else the one on PATH.

    Raises:
        BinaryMissing: the environment names a place where it is not, or not as wanted.
    """
    named = place.settings.paths.get(wanted.name)
    try:
        return _found(wanted, place, Path(named).expanduser().absolute() if named else None)
    except (Refused, CommandFailed, OSError) as error:
        if not named:
            return str(error)
        raise BinaryMissing(
            program=wanted.name,
            version=wanted.version,
            reasons=f"binaries.paths.{wanted.name}: {error}",
            hint="mend that path in the environment file, or leave it out",
        ) from error


def _found(wanted: Wanted, place: Place, named: Path | None) -> Record:
    server, *others = wanted.program.executables
    paths = {server: _server(server, named, wanted.program.folders)}
    folder = paths[server].parent
    for name in others:
        paths[name] = _in(name, folder) or _on_path(name)
    record = _examined(wanted, place, {name: str(path) for name, path in paths.items()})
    if fault := wanted.fault(record.version):
        raise Refused(message=f"{paths[server]}: {fault}")
    return record


def _server(name: str, named: Path | None, folders: tuple[str, ...]) -> Path:
    if named is None:
        apart = (_in(name, Path(folder).expanduser()) for folder in folders)
        return next(filter(None, apart), None) or _on_path(name)
    if named.is_dir():
        found = _in(name, named) or _in(name, named / "bin")
    else:
        found = named if named.exists() else None
    if found is None:
        raise Refused(message=f"there is no {name} at {named}")
    return found


def _in(name: str, folder: Path) -> Path | None:
    paths = (folder / alias for alias in aliases(name))
    return next((path for path in paths if path.is_file() and os.access(path, os.X_OK)), None)


def _on_path(name: str) -> Path:
    found = next((found for alias in aliases(name) if (found := shutil.which(alias))), None)
    if found is None:
        raise Refused(message=f"{name} is not on PATH")
    return Path(found).absolute()


def _examined(wanted: Wanted, place: Place, executables: dict[str, str]) -> Record:
    server = Path(executables[wanted.program.executables[0]])
    key = hashlib.sha256(str(server).encode()).hexdigest()[:12]
    file = place.cache / "path" / f"{wanted.name}-{key}.json"
    known = read(file, server.parent)
    if known and known.executables == executables and (known := recognised(known, file)):
        return known
    fresh = Record(
        folder=server.parent,
        program=wanted.name,
        version=_version(server),
        source="path",
        wanted=wanted.version,
        executables=executables,
    ).sealed()
    fresh.write(file)
    return fresh


def _version(server: Path) -> str:
    """Ask a program for its version; Grafana before 10.1 has the second way alone, restic the third."""
    said = []
    for words in (["--version"], ["server", "-v"], ["version"]):
        done = run([server, *words], timeout=10)
        said.append(done.said)
        if not done.code and (version := read_version(done.said)):
            return version
    last = (said[0] or "(nothing)").splitlines()[-1]
    raise Refused(message=f"{server} does not tell its version: {last}")


def read_version(text: str) -> str:
    """Read the version out of what a program says of itself; empty where it says none.

    Prometheus' programs say `prometheus, version 3.5.3 (branch: ...)`, Grafana `grafana version 13.2.1`,
    Redis' exporter `Redis Metrics Exporter v1.86.0`, and Compose `Docker Compose version v2.40.3`; to the
    last two Debian adds a revision of its own. restic says `restic 0.19.1 compiled with …`.
    """
    found = VERSION.search(text)
    return found[1] or found[2] if found else ""


SOURCE = Source(look=look)
