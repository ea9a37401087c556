"""Making one image: layers of what the native runtime would run, labels, and into the engine with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version as installed
from typing import TYPE_CHECKING

from stack.emit import to_json
from stack.images import (
    BUILT,
    OWN,
    PIPELINES,
    image,
    mirrored,
    own_code,
    own_reference,
    pipelines_code,
    pipelines_reference,
    reference,
)
from stack.imaging import official, pipelines
from stack.imaging.archive import Recipe
from stack.imaging.base import PACKAGES, WASTE, base
from stack.imaging.bytecode import COMPILE, bytecode
from stack.imaging.kept import kept
from stack.imaging.layer import write
from stack.imaging.needs import names_in, refuse_unmet
from stack.imaging.own import NEEDLESS, code_files, foreign, python_files
from stack.imaging.own import PACKAGES as OWN_PACKAGES
from stack.imaging.program import program_files
from stack.imaging.shelf import INPUTS, held, load
from stack.sources import architecture
from stack.sources._cache import scratch
from stack.sources._search import alone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from docker import DockerClient

    from stack.binaries import Binary
    from stack.environment import Environment
    from stack.images import Image
    from stack.imaging.layer import Entry, Layer
    from stack.programs import Program
    from stack.sources import Place
    from stack.tree import Tree

__all__ = ["Builder", "Made"]

FORMAT = 2
"""Raised where this code lays the same inputs out in another way."""
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TITLE = "org.opencontainers.image.title"


@dataclass(frozen=True, slots=True)
class Made:
    """An image that is in the engine now: its name, what it holds, whether it was made just now."""

    reference: str
    version: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes images.

    Args:
        engine: the engine that they are put into.
        place: the cache, the suite, and who is told how far it is.
    """

    engine: DockerClient
    place: Place

    def program(self, program: Program, binary: Binary, environment: Environment) -> Made:
        """Make the image of a program, where the engine has not got just that.

        Raises:
            Refused: something that it needs is in no package.
            EngineRefused: the engine would not take it.
            OSError: the disk is full.
        """
        built = environment.model_copy(update={"images": "built"})
        found = image(program.name)
        recipe = _recipe(reference(program, built), found, binary.version, (found.command,))
        files = partial(program_files, binary, found)
        with alone(self.place):
            return self._made(recipe, (self._base(),), dict(binary.digests), files, binary.version)

    def own(self, environment: Environment) -> Made:
        """Make the image of our own programs, where the engine has not got just that.

        With `images: official` it rests on the official Python, which the engine fetches itself.

        Raises:
            Refused: something that it needs is in no package.
            EngineRefused: the engine would not take it.
            OSError: the disk is full.
        """
        code = own_code()
        recipe = _recipe(own_reference(), OWN, code.digest, (OWN.command,))
        if environment.images == "official":
            return self._official(recipe, code, environment)
        with alone(self.place):
            below = (self._base(), self._python())
            return self._made(recipe, below, {"code": code.digest}, partial(self._code, below), code.digest)

    def pipelines(
        self, programs: Sequence[Program], binaries: Mapping[str, Binary], environment: Environment
    ) -> Made:
        """Make the image of the pipelines, where the engine has not got just that.

        It is made of Debian's packages and the wheels of our lock, wherever other images come from.

        Raises:
            Refused: something that it needs is in no package, or there is no pip.
            CommandFailed: apt, dpkg or pip failed, with its own reason.
            EngineRefused: the engine would not take it.
            OSError: the disk is full.
        """
        code, carried = pipelines_code(), [binaries[one.name] for one in programs]
        recipe = _recipe(
            pipelines_reference(environment, programs), PIPELINES, code.digest, (PIPELINES.command,)
        )
        recipe = replace(recipe, variables={**recipe.variables, **pipelines.VARIABLES})
        with alone(self.place):
            python = (self._base(), self._python())
            below = (*python, self._tools(carried, python), self._wheels(python))
            digest = {"code": code.digest}
            files = partial(self._compiled, pipelines.code_files(code), python)
            return self._made(recipe, below, digest, files, code.digest)

    def _tools(self, binaries: Sequence[Binary], below: Sequence[Layer]) -> Layer:
        digests = [dict(binary.digests) for binary in binaries]
        taken = (pipelines.TOOLS, pipelines.TAKEN, self.place.settings.suite)
        key = _key(*taken, digests, [layer.digest for layer in below])
        make = partial(pipelines.tool_files, binaries, self.place)
        return kept("tools", key, self.place, lambda: _proved(make(), below))

    def _wheels(self, below: Sequence[Layer]) -> Layer:
        lines, version = pipelines.pins(), pipelines.python_of(below[-1])
        key = _key(lines, version, COMPILE, pipelines.VARIABLES, [layer.digest for layer in below])

        def make() -> dict[str, Entry]:
            return self._compiled(_proved(pipelines.wheel_files(lines, version, self.place), below), below)

        return kept("wheels", key, self.place, make)

    def _official(self, recipe: Recipe, code: Tree, environment: Environment) -> Made:
        inputs = _key(hashlib.sha256(official.context(code)).hexdigest(), official.BASE)
        if self._is_there(recipe, inputs):
            return Made(recipe.reference, code.digest, fresh=False)
        below = mirrored(official.BASE, environment)
        official.build(self.engine, recipe.reference, below, code, {**recipe.labels, INPUTS: inputs})
        return Made(recipe.reference, code.digest, fresh=True)

    def _base(self) -> Layer:
        key = _key(PACKAGES, WASTE, self.place.settings.suite)
        return kept("base", key, self.place, lambda: _proved(base(self.place), ()))

    def _python(self) -> Layer:
        names, below = foreign(own_code()), (self._base(),)
        pinned = {name: installed(name) for name in names}
        key = _key(OWN_PACKAGES, NEEDLESS, COMPILE, pinned, self.place.settings.suite, below[0].digest)

        def make() -> dict[str, Entry]:
            entries = _proved(python_files(names, self.place), below)
            return entries | bytecode(entries, below, self.place)

        return kept("python", key, self.place, make)

    def _code(self, below: Sequence[Layer]) -> dict[str, Entry]:
        """Give our code, and what Python makes of it."""
        return self._compiled(code_files(own_code()), below)

    def _compiled(self, files: dict[str, Entry], below: Sequence[Layer]) -> dict[str, Entry]:
        return files | bytecode(files, below, self.place)

    def _made(
        self,
        recipe: Recipe,
        below: Sequence[Layer],
        content: Mapping[str, str],
        files: Callable[[], dict[str, Entry]],
        version: str,
    ) -> Made:
        inputs = _key([layer.digest for layer in below], content, recipe.configuration(()).decode())
        if self._is_there(recipe, inputs):
            return Made(recipe.reference, version, fresh=False)
        labelled = replace(recipe, labels={**recipe.labels, INPUTS: inputs})
        self._load(labelled, below, files())
        return Made(recipe.reference, version, fresh=True)

    def _is_there(self, recipe: Recipe, inputs: str) -> bool:
        there = held(self.engine, recipe.reference)
        return there is not None and there.inputs == inputs

    def _load(self, recipe: Recipe, below: Sequence[Layer], entries: dict[str, Entry]) -> None:
        with scratch(self.place.cache) as folder:
            layer = write(_proved(entries, below), folder / "layer.tar")
            load(self.engine, recipe, (*below, layer), self.place.progress)


def _proved(entries: dict[str, Entry], below: Sequence[Layer]) -> dict[str, Entry]:
    refuse_unmet(entries, {name for layer in below for name in names_in(layer)})
    return entries


def _recipe(name: str, found: Image, version: str, command: tuple[str, ...]) -> Recipe:
    labels = {
        BUILT: "1",
        TITLE: found.program,
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.licenses": found.licenses,
        "org.opencontainers.image.source": found.source,
    }
    variables = {"PATH": PATH, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    told = {name: value for name, value in labels.items() if value}
    return Recipe(name, architecture(), found.user, command, told, variables)


def _key(*inputs: object) -> str:
    return hashlib.sha256(to_json([FORMAT, architecture(), *inputs])).hexdigest()[:12]
