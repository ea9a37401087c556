"""The programs of the native runtime: where each one is on this machine, fetched first where need be."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass, field
from functools import cache as remembered
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from stack.discover import definitions
from stack.emit import to_json
from stack.errors import Refused
from stack.sources import Place, Source
from stack.sources._record import digest
from stack.sources._search import search
from stack.sources._wanted import want
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from stack.environment import Environment
    from stack.programs import Program
    from stack.sources import Progress
    from stack.sources._record import Record
    from stack.sources._wanted import Wanted

__all__ = ["Binary", "resolve", "verify", "wanted_version"]


@dataclass(frozen=True, slots=True)
class Binary:
    """A program that can be started.

    Args:
        program: its name.
        version: the version that it is.
        source: the source that it came from.
        executables: the path of each command, by the project's own name for it.
        beside: what must lie in its process's working folder, by the name there: link or copy it.
        digests: SHA-256 of each command.
    """

    program: str
    version: str
    source: str
    executables: Mapping[str, Path]
    beside: Mapping[str, Path] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder that it was unpacked into, its own files below: Grafana's home path."""
        folder = next(iter(self.executables.values())).resolve().parent
        return folder.parent if folder.name in {"bin", "sbin"} else folder


def resolve(
    programs: Sequence[Program],
    environment: Environment,
    cache: Path,
    *,
    tell: Callable[[str], None],
    progress: Progress,
) -> dict[str, Binary]:
    """Find every program by the environment's sources, and fetch what is not on this machine.

    What is on this machine already is taken before anything is fetched.

    Args:
        programs: the programs to find.
        environment: its versions and its `binaries:` section.
        cache: the folder that programs are kept in, shared by all environments.
        tell: takes one line for the user.
        progress: takes how far a download is.

    Raises:
        BinaryMissing: the first program that no source has, with what each of them said.
        Refused: the environment asks for a version that cannot be used.
        OSError: the cache cannot be written.
    """
    place = Place(environment.binaries, cache, tell, progress)
    sources: dict[str, Source] = {name: _sources()[name] for name in environment.binaries.sources}
    wanted = [want(program, environment) for program in programs]
    found = search(wanted, sources, place)
    for one in wanted:
        _tell_version(one, found[one.name], tell)
    _note(found.values(), cache / "resolved.json")
    return {one.name: _binary(found[one.name]) for one in wanted}


def wanted_version(program: Program, environment: Environment) -> str:
    """Give the version of a program that an environment asks for, by itself or by the pin.

    Raises:
        Refused: the environment names no version, or one that cannot be used.
    """
    return want(program, environment).version


def verify(binary: Binary) -> None:
    """Read every command of a program and compare it with the digest taken when it was found.

    Raises:
        Refused: one of them has changed; the next `resolve` sees it and fetches the program again.
    """
    for name, path in binary.executables.items():
        if not path.is_file() or digest(path) != binary.digests.get(name):
            # A new time of change makes `resolve` look closely, where the damage itself left no trace.
            with contextlib.suppress(OSError):
                os.utime(path)
            message = f"{path} is not the {name} {binary.version} that was found there before"
            raise Refused(message=message, hint="run this again: it is looked for or fetched anew")


@remembered
def _sources() -> dict[str, Source]:
    return definitions("stack.sources", "SOURCE", Source)


def _tell_version(wanted: Wanted, found: Record, tell: Callable[[str], None]) -> None:
    if not wanted.matches(found.version):
        tell(f"{wanted.name} {found.version} ({found.source}) is used instead of {wanted.version}")


def _note(found: Iterable[Record], file: Path) -> None:
    """Keep in one file what was resolved, for people and other tools; nothing is read from it here."""
    noted = {record.program: _line(record) for record in found}
    if _read(file) | noted != _read(file):
        with FileLock(file.with_suffix(".lock")):
            write_atomically(file, to_json(_read(file) | noted))


def _line(record: Record) -> dict[str, Any]:
    return {
        "version": record.version,
        "source": record.source,
        "executables": {name: str(record.path(name)) for name in record.executables},
        "sha256": dict(record.digests),
    }


def _read(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return {}


def _binary(record: Record) -> Binary:
    return Binary(
        program=record.program,
        version=record.version,
        source=record.source,
        executables={name: record.path(name) for name in record.executables},
        beside={name: record.folder / path for name, path in record.beside.items()},
        digests=record.digests,
    )
