"""The first stage: environment and definitions become files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.stage import stage
from pipelines.core.values import RenderedTree
from stack.rendering import render_tree

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from stack.load import Loaded

__all__ = ["render", "rendered"]


@stage
def render(loaded: Loaded, effects: Effects) -> RenderedTree:
    """Make every file of an environment."""
    from stack.assemble import assemble, running  # brings pydantic along, which `--list` must not wait for

    wanted = running(loaded.environment).values()
    environment = effects.toolbox.attainable(loaded.environment, wanted)
    stack = assemble(environment, root=effects.root, sites=effects.options.sites)
    name, tree = render_tree(stack, effects.runtime.files(stack))
    effects.journal.note(release=name)
    return RenderedTree(name, stack, tree)


def rendered(effects: Effects) -> RenderedTree:
    """Load and render the environment that a run is about, for the verbs that are no pipeline.

    Raises:
        EnvironmentInvalid: with every mistake in its files and overrides.
    """
    return render.run(effects.options.load(), effects)
