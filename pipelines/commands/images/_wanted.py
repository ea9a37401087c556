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

__all__ = ["OWN", "Wanted", "chosen", "wanted"]

OWN = "own"
"""What stands for the image of our own programs where one of others has its program's name."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An image that an environment wants.

    Args:
        name: the program's name, or `own`.
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
    from stack.assemble import running  # brings pydantic along
    from stack.images import own_reference, reference

    environment = effects.options.load().environment
    if environment.images == "built":
        environment = effects.toolbox.attainable(environment, running(environment).values())
    services = running(environment).values()
    programs = {service.program.name: service.program for service in services if service.program}
    found = [Wanted(name, reference(one, environment), one) for name, one in programs.items()]
    return environment, tuple(sorted([*found, Wanted(OWN, own_reference())], key=lambda one: one.name))


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
