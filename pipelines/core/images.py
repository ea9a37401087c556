"""Lets an engine have the images that a release runs: pulled from their registries, or built here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from docker import DockerClient

    from pipelines.core.console import Console
    from pipelines.core.options import Options
    from pipelines.core.toolbox import Toolbox
    from stack.environment import Environment
    from stack.imaging.building import Builder
    from stack.programs import Program
    from stack.sources import Place

__all__ = ["Images", "place"]


def place(environment: Environment, cache: Path, console: Console) -> Place:
    """Give the place where layers are made and kept: that of the programs."""
    from stack.sources import Place

    return Place(environment.binaries, cache, lambda line: console.item("!", line), console.fetching)


class Images:
    """Brings images to an engine.

    Args:
        options: which environment this run is about.
        toolbox: finds the programs that images are built of.
        console: what the user sees.
        cache: the folder that layers are kept in.
    """

    def __init__(self, options: Options, toolbox: Toolbox, console: Console, cache: Path) -> None:
        self._options = options
        self._toolbox = toolbox
        self._console = console
        self._cache = cache

    def __call__(self, engine: DockerClient, references: Collection[str]) -> None:
        """Bring every image that the engine has not got.

        Raises:
            Refused: one of them is of our own making, and cannot be made from what is here.
            EngineRefused: a registry does not have it, or the engine would not take it.
        """
        from stack.imaging.shelf import held

        for reference in sorted(references):
            if held(engine, reference) is None:
                self._bring(engine, reference)

    def _bring(self, engine: DockerClient, reference: str) -> None:
        from stack.images import OURS
        from stack.imaging.pulling import pull

        if reference.startswith(f"{OURS}/"):
            self._build(engine, reference)
        else:
            pull(engine, reference, self._console.fetching)

    def _build(self, engine: DockerClient, reference: str) -> None:
        from stack.assemble import services
        from stack.errors import Refused
        from stack.images import carried, own_reference, pipelines_reference
        from stack.imaging.shelf import refuse_another_machine

        refuse_another_machine(engine)
        environment = self._environment()
        builder, program = self._builder(engine, environment), self._program(reference, environment)
        if program:
            binaries = self._toolbox.programs([program], environment)
            builder.program(program, binaries[program.name], environment)
        elif reference == own_reference():
            builder.own(environment)
        elif reference == pipelines_reference(environment, programs := carried(services())):
            builder.pipelines(programs, self._toolbox.programs(programs, environment), environment)
        else:
            message = f"image {reference} is not there, and what is here makes another"
            raise Refused(message=message, hint="bring it with `invoke images.import FILE`, or deploy anew")

    def _builder(self, engine: DockerClient, environment: Environment) -> Builder:
        from stack.imaging.building import Builder

        return Builder(engine, place(environment, self._cache, self._console))

    def _environment(self) -> Environment:
        return self._options.load().environment

    def _program(self, name: str, environment: Environment) -> Program | None:
        """Give the program whose image of our making has this name, None where none has."""
        from stack.assemble import services
        from stack.images import reference

        built = environment.model_copy(update={"images": "built"})
        programs = (service.program for service in services().values() if service.program)
        return next((one for one in programs if reference(one, built) == name), None)
