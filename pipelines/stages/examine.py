"""The second stage of a restore: every file is what it was, or nothing is brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.kept import Examined
from pipelines.core.stage import stage
from pipelines.stages.capture import sources
from stack.errors import RepositoryFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from backups.source import Tools
    from pipelines.core.effects import Effects
    from pipelines.core.kept import Fetched

__all__ = ["examine", "refuse_damaged"]


@stage
def examine(fetched: Fetched, effects: Effects) -> Examined:
    """See that every file is what it was."""
    from backups.source import Tools

    refuse_damaged(fetched, Tools(_paths(fetched, effects), effects.console.doing), effects)
    return Examined(fetched)


def refuse_damaged(fetched: Fetched, tools: Tools, effects: Effects) -> None:
    """Refuse files of which one is not what it was, before anything is made of them.

    Raises:
        RepositoryFailed: with the first damage.
    """
    damage = next(_damage(fetched, tools), "")
    if damage:
        where = fetched.snapshot.shelf.repository.restic.shown
        hint = "nothing was changed; an older snapshot may be whole: `invoke backup.list`"
        raise RepositoryFailed(
            where=where, message=f"snapshot {fetched.snapshot.id[:8]}: {damage}", hint=hint
        )
    for name in fetched.parts:
        effects.console.item("✓", f"{name:<12} {fetched.snapshot.manifest.parts[name].said()}")


def _paths(fetched: Fetched, effects: Effects) -> Mapping[str, Path]:
    from stack.assemble import assemble  # brings pydantic along

    environment = fetched.snapshot.shelf.environment
    return effects.toolbox.tools(assemble(environment, root=effects.root, sites=effects.options.sites))


def _damage(fetched: Fetched, tools: Tools) -> Iterator[str]:
    """Give what is not as the manifest says, by digests first: they are the quickest to tell."""
    from backups.digests import Digests

    digests = Digests(fetched.folder / ".none")
    for name in fetched.parts:
        part, folder = fetched.snapshot.manifest.parts[name], fetched.folder / name
        found = digests.of(folder)
        for path in sorted({*part.files, *found}):
            if part.files.get(path) != found.get(path):
                yield f"{name}/{path} is not what was stored"
        yield from (f"{name}: {damage}" for damage in sources()[name].check(folder, part, tools, {}))
