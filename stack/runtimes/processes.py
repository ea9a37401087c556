"""From a stack's processes to programs on this machine: placeholders filled in, each with a fingerprint."""

from __future__ import annotations

import sys
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from stack.clients.supervisor import Program
from stack.runtimes.process_table import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.binaries import Binary
    from stack.runtimes.layout import Layout
    from stack.service import Process, Service, Stack
    from stack.tree import Tree

__all__ = ["FINGERPRINT", "programs"]

FINGERPRINT = "MONITORING_FINGERPRINT"
"""The variable that tells from outside which process this is."""

REPOSITORY = Path(__file__).parents[2]
OWN_VARIABLES = {"PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}


def programs(
    stack: Stack, tree: Tree, binaries: Mapping[str, Binary], layout: Layout
) -> Mapping[str, Program]:
    """Give the program of each service, its fingerprint among its variables."""
    table = read_table(tree)
    return {
        name: _program(service, table[name], tree, binaries, layout)
        for name, service in stack.services.items()
    }


def _program(
    service: Service, process: Process, tree: Tree, binaries: Mapping[str, Binary], layout: Layout
) -> Program:
    binary = binaries[service.program.name] if service.program else None
    places = _places(binary, layout)
    argv = (_executable(process.argv[0], binary), *(_filled(word, places) for word in process.argv[1:]))
    env = {name: _filled(value, places) for name, value in process.env.items()}
    identity = (*argv, *map(str, sorted(env.items())), *_identity(binary), *_read(process, tree))
    env |= OWN_VARIABLES | {FINGERPRINT: sha256("\0".join(identity).encode()).hexdigest()[:16]}
    return Program(service.name, argv, env, layout.work(service.name), layout.log(service.name))


def _executable(name: str, binary: Binary | None) -> str:
    return str(binary.executables[name]) if binary else sys.executable


def _places(binary: Binary | None, layout: Layout) -> dict[str, str]:
    if binary is None:
        return {"{root}": str(layout.root)}
    return {"{root}": str(layout.root), "{program}": str(binary.folder)}


def _filled(word: str, places: Mapping[str, str]) -> str:
    for token, value in places.items():
        word = word.replace(token, value)
    return word


def _identity(binary: Binary | None) -> tuple[str, ...]:
    return tuple(sorted(binary.digests.values())) if binary else (_own_code(),)


def _read(process: Process, tree: Tree) -> Iterator[str]:
    for path in process.reads:
        yield sha256(tree.files[path]).hexdigest()


@lru_cache(maxsize=1)
def _own_code() -> str:
    """Give a digest of our own programs: another code needs another process."""
    digest = sha256()
    for path in sorted((REPOSITORY / "stack" / "exporters").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
