"""A kept release becomes a value again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.core.values import RenderedTree
from stack.errors import NothingKept
from stack.rendering import ENVIRONMENT
from stack.runtimes.process_table import read_table
from stack.runtimes.protocol import Release

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["last_proved", "recall", "recall_live"]


def recall(name: str, effects: Effects) -> RenderedTree:
    """Give a kept release as the rendered tree that it was, its stack made from its own environment.

    A service that is newer than the release is no part of it.

    Raises:
        NothingKept: there is no such release, or it can no longer be read.
    """
    from stack.assemble import assemble  # brings pydantic along
    from stack.environment import Environment  # the same

    tree = effects.runtime.kept(name)
    try:
        environment = Environment.model_validate(json.loads(tree.files[ENVIRONMENT]))
    except (KeyError, ValueError) as error:
        message = f"release {name} was made by another version of this repository, which this one cannot read"
        raise NothingKept(message=message, hint="make a new one: `invoke deploy`") from error
    stack = assemble(environment, root=effects.root, sites=effects.options.sites)
    known = read_table(tree)
    kept = {service: value for service, value in stack.services.items() if service in known}
    return RenderedTree(name, replace(stack, services=kept), tree)


def recall_live(effects: Effects) -> Release:
    """Give the release that is live.

    Raises:
        NothingKept: nothing was deployed yet.
    """
    name = effects.runtime.live().release
    if name is None:
        message = f"nothing is deployed in environment {effects.options.environment}"
        raise NothingKept(message=message, hint="run `invoke deploy`")
    rendered = recall(name, effects)
    return Release(rendered.id, rendered.stack, rendered.tree)


def last_proved(effects: Effects, *, before: str | None) -> str | None:
    """Name the proved release that was activated last, other than the given one."""
    return next((name for name, _, proved in effects.runtime.releases() if proved and name != before), None)
