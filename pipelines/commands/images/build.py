"""Build images without a registry."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pipelines.commands.images._wanted import PIPELINES, chosen, wanted
from pipelines.core.images import place
from pipelines.core.options import Option
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.commands.images._wanted import Wanted
    from pipelines.core.effects import Effects
    from stack.binaries import Binary
    from stack.environment import Environment
    from stack.imaging.building import Builder, Made
    from stack.programs import Program

__all__ = ["OPTIONS", "run"]

OPTIONS = (
    Option("names", "programs, with commas between them: prometheus,own; without any, all", positional=True),
    Option("fresh", "fetch the packages below them anew, for what was mended in them since", default=False),
)


def run(effects: Effects) -> int:
    """Make what the engine has not got yet, a line for each; what is there already is left as it is."""
    from stack.clients.docker import engine  # brings requests along
    from stack.imaging.building import Builder
    from stack.imaging.kept import forget
    from stack.imaging.shelf import refuse_another_machine

    client, started = engine(), time.monotonic()
    refuse_another_machine(client)
    environment, found = wanted(effects)
    asked = _buildable(chosen(found, effects.options.text("names")), environment, effects)
    builder = Builder(client, place(environment, effects.var / "cache", effects.console))
    if effects.options.flag("fresh"):
        forget(builder.place)
    programs = [program for one in asked for program in _programs(one)]
    binaries = effects.toolbox.programs(programs, environment)
    made = [_built(one, binaries, environment, builder, effects) for one in asked]
    return _end(made, time.monotonic() - started, effects)


def _buildable(asked: Sequence[Wanted], environment: Environment, effects: Effects) -> tuple[Wanted, ...]:
    """Leave out what comes from a registry here; refuse where just that was named.

    Raises:
        Refused: a program was named that runs from its project's own image.
    """
    ours = tuple(one for one in asked if one.program is None or environment.images == "built")
    others = [one for one in asked if one not in ours]
    if others and effects.options.text("names"):
        message = f"{others[0].name} runs from {others[0].reference} in {environment.name}"
        raise Refused(message=message, hint="build one of our own with: --set images=built")
    return ours


def _programs(one: Wanted) -> Sequence[Program]:
    """Give the programs that an image is made of."""
    from stack.assemble import services  # brings pydantic along
    from stack.images import carried

    if one.name == PIPELINES:
        return carried(services())
    return (one.program,) if one.program else ()


def _built(
    one: Wanted,
    binaries: Mapping[str, Binary],
    environment: Environment,
    builder: Builder,
    effects: Effects,
) -> Made:
    with effects.console.stage(one.name):
        if one.name == PIPELINES:
            return builder.pipelines(_programs(one), binaries, environment)
        if one.program is None:
            return builder.own(environment)
        return builder.program(one.program, binaries[one.name], environment)


def _end(made: Sequence[Made], seconds: float, effects: Effects) -> int:
    fresh = [one for one in made if one.fresh]
    documents: list[dict[str, Any]] = [
        {"reference": one.reference, "version": one.version, "built": one.fresh} for one in made
    ]
    effects.console.result({"images": documents, "seconds": round(seconds, 3)})
    for one in made:
        effects.console.item("✓" if one.fresh else "·", f"{one.reference}{'' if one.fresh else ' is there'}")
    name = effects.options.environment
    left = len(made) - len(fresh)
    effects.console.end(
        f"{len(fresh)} image(s) built, {left} there already, in {seconds:.1f} s; "
        f"next: invoke images.list --env {name}"
    )
    return 0
