"""Which images an environment's containers run from, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.errors import Refused
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection

    from pipelines.core.effects import Effects
    from stack.environment import Environment
    from stack.programs import Program

__all__ = ["OURS", "PIPELINES", "Wanted", "chosen", "wanted"]

OWN, PIPELINES = "own", "pipelines"
OURS = frozenset({OWN, PIPELINES})
"""What stands for an image of our own programs, or of our pipelines, where others have a program's name."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An image that an environment wants.

    Args:
        name: the program's name, `own` or `pipelines`.
        reference: how the engine names the image.
        program: the program; None for our own.
    """

    name: str
    reference: str
    program: Program | None = None


def wanted(effects: Effects) -> tuple[Environment, tuple[Wanted, ...]]:
    """Give the environment as it can be had, and the images that it wants, sorted by name.

    Raises:
        EnvironmentInvalid: with every mistake in its files and overrides.
        DefinitionInvalid: `images.lock` does not know a program.
    """
    from stack.assemble import running, services  # brings pydantic along
    from stack.images import carried, own_reference, pipelines_reference, reference

    environment = effects.options.load().environment
    if environment.images == "built":
        environment = effects.toolbox.attainable(environment, running(environment).values())
    run = running(environment).values()
    programs = {service.program.name: service.program for service in run if service.program}
    found = [Wanted(name, reference(one, environment), one) for name, one in programs.items()]
    found.append(Wanted(OWN, own_reference()))
    if any(service.container.invokes for service in run):
        found.append(Wanted(PIPELINES, pipelines_reference(environment, carried(services()))))
    return environment, tuple(sorted(found, key=lambda one: one.name))


def chosen(found: Collection[Wanted], text: str) -> tuple[Wanted, ...]:
    """Give those that are named, all of them where none is.

    Args:
        found: what there is.
        text: names with commas or blanks between them.

    Raises:
        Refused: the environment wants no image of that name.
    """
    names = text.replace(",", " ").split()
    known = [one.name for one in found]
    for name in names:
        if name not in known:
            message = f"the environment runs no image '{name}'; there are {', '.join(known)}"
            raise Refused(message=message, hint=suggestion(name, known))
    return tuple(one for one in found if not names or one.name in names)
