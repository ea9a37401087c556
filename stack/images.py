"""Which image a program runs from, by the environment's choice: the project's own, or one that we built."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from stack.clients.restic_program import RESTIC
from stack.errors import DefinitionInvalid
from stack.sources._wanted import want
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stack.environment import Environment
    from stack.programs import Program
    from stack.service import Service

__all__ = [
    "BUILT",
    "OURS",
    "OWN",
    "PIPELINES",
    "ROOTS",
    "Image",
    "carried",
    "image",
    "images",
    "mirrored",
    "own_code",
    "own_reference",
    "pipelines_code",
    "pipelines_reference",
    "reference",
    "registries",
]

LOCK = Path(__file__).with_name("images.lock")
OURS = "monitoring"
"""The repository that images of our own making lie in; no registry has it."""
BUILT = "monitoring.built"
"""The label of every image that we made."""


ROOTS = ("stack/exporters/", "stack/runtimes/keeper.py", "stack/runtimes/mender/")
"""What is started in the image of our own programs: exporters, what works on volumes, and what mends."""


@dataclass(frozen=True, slots=True)
class Image:
    """What is known of a program's image.

    Args:
        program: the program's name.
        repository: where its project publishes it, the registry's host first.
        tag: its tag there, `{version}` to be filled in.
        user: `uid:gid` that the program is started with.
        command: the path of the program in it, or its name where its path differs with the base.
        source: where its code lies; empty where it has no public place.
        licenses: its licence, as SPDX writes it.
        home: the folder of the program's own files; empty where it needs none.
        digests: what the image of a version must be, by version: `sha256:…`.
        capabilities: those that must not be dropped, since the program's file asks for them.
    """

    program: str
    repository: str
    tag: str
    user: str
    command: str
    source: str
    licenses: str
    home: str = ""
    digests: Mapping[str, str | None] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()

    def official(self, version: str) -> str:
        """Give the reference of a version in the project's own repository, with its digest where known."""
        digest = self.digests.get(version)
        named = f"{self.repository}:{self.tag.format(version=version)}"
        return f"{named}@{digest}" if digest else named


OWN = Image(
    program="own",
    repository="own",
    tag="{version}",
    user="65534:65534",
    command="python3",
    source="",
    licenses="Apache-2.0",
)
"""The image of our own programs: `python3 -m stack.exporters.NAME`."""

PIPELINES = replace(OWN, program="pipelines", repository="pipelines", command="/usr/bin/python3")
"""The image that runs pipelines inside a stack: `python3 -m invoke NAME`."""

SOURCES = ("backups", "dashboards", "pipelines", "rules", "stack")
BESIDE = ("requirements.lock", "tasks.py")
"""What the pipelines are made of: folders, and files beside them."""

JUDGES = ("alertmanager", "prometheus")
"""Services whose programs a backup is judged with, and a drill runs."""


def reference(program: Program, environment: Environment) -> str:
    """Name the image that a program runs from in an environment.

    Raises:
        DefinitionInvalid: `images.lock` does not know the program, or no lock knows a version of it.
    """
    found, version = image(program.name), want(program, environment).version
    if environment.images == "built":
        return f"{OURS}/{program.name}:{version}"
    digests = {**found.digests, **environment.digests.get(program.name, {})}
    return mirrored(replace(found, digests=digests).official(version), environment)


def mirrored(official: str, environment: Environment) -> str:
    """Name where an environment pulls an image from: its own registry, or the one that stands in for that."""
    host, _, rest = official.partition("/")
    return f"{environment.registries.get(host, host)}/{rest}"


def own_reference() -> str:
    """Name the image of our own programs: by their code, what it rests on and how it is put together."""
    return f"{OURS}/{OWN.repository}:{_own_inputs().digest}"


def pipelines_reference(environment: Environment, programs: Sequence[Program]) -> str:
    """Name the image that runs pipelines: by their code, and the versions of the programs that they start.

    Raises:
        Refused: the environment asks for a version that cannot be used.
    """
    versions = (f"{one.name} {want(one, environment).version}\n" for one in programs)
    inputs = {**pipelines_code().files, "versions": "".join(versions).encode()}
    return f"{OURS}/{PIPELINES.repository}:{Tree(inputs).digest}"


def carried(defined: Mapping[str, Service]) -> tuple[Program, ...]:
    """Give the programs that the image of the pipelines carries."""
    return (*(one for name in JUDGES if (one := defined[name].program)), RESTIC)


def image(program: str) -> Image:
    """Give what is known of a program's image.

    Raises:
        DefinitionInvalid: `images.lock` does not know it.
    """
    if found := images().get(program):
        return found
    raise DefinitionInvalid(file=f"stack/{LOCK.name}", message=f"has no image of {program}")


@cache
def images() -> Mapping[str, Image]:
    """Give every image that `images.lock` knows, by its program.

    Raises:
        DefinitionInvalid: an entry lacks a fact, or has one too many.
    """
    try:
        return {name: Image(name, **facts) for name, facts in tomllib.loads(LOCK.read_text()).items()}
    except (tomllib.TOMLDecodeError, TypeError) as error:
        message = str(error).replace("Image.__init__() ", "")
        raise DefinitionInvalid(file=f"stack/{LOCK.name}", message=message) from error


def registries() -> frozenset[str]:
    """Name every registry that a project publishes its image in."""
    return frozenset(found.repository.partition("/")[0] for found in images().values())


def _own_inputs() -> Tree:
    return Tree({**own_code().files, **_recipe().files})


@cache
def _recipe() -> Tree:
    """Give what says how our own image is put together, and what it rests on."""
    root = LOCK.parents[1]
    files = [root / "requirements.lock", *sorted((LOCK.parent / "imaging").glob("*.py"))]
    return Tree({path.relative_to(root).as_posix(): path.read_bytes() for path in files})


@cache
def own_code() -> Tree:
    """Give the sources that our programs in the image run, by their paths below the repository."""
    from stack.imports import reached

    root = LOCK.parent
    every = {path.relative_to(root.parent).as_posix(): path for path in sorted(root.rglob("*.py"))}
    code = Tree({name: path.read_bytes() for name, path in every.items()})
    return Tree({name: code.files[name] for name in sorted(reached(code, ROOTS))})


@cache
def pipelines_code() -> Tree:
    """Give all that `invoke` reads of this repository, by its paths there."""
    root = LOCK.parents[1]
    found = [path for name in SOURCES for path in sorted((root / name).rglob("*")) if path.is_file()]
    ours = [path for path in found if path.parent.name != "__pycache__"]
    files = [*ours, *(root / name for name in BESIDE)]
    return Tree({path.relative_to(root).as_posix(): path.read_bytes() for path in files})
