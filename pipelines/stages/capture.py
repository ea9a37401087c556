"""The first stage of a backup: every source gives what it has, and a manifest says what that is."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from pipelines.core.kept import Captured
from pipelines.core.recall import recall_live
from pipelines.core.shelf import open_shelf
from pipelines.core.stage import stage
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from backups.blocks import Stretch
    from backups.manifest import Manifest, Part
    from backups.place import Place
    from backups.source import Origin, Source, Tools
    from pipelines.core.effects import Effects
    from pipelines.core.kept import Shelf
    from stack.clients.restic_answers import Kept
    from stack.load import Loaded
    from stack.runtimes.protocol import Release

    Last: TypeAlias = Callable[[], Manifest | None]

__all__ = ["capture", "opening", "origin_of", "sources", "take"]


@stage
def capture(loaded: Loaded, effects: Effects) -> Captured:
    """Take what the live stack alone has."""
    release = recall_live(effects)
    shelf = open_shelf(loaded.environment, effects, alone=True)
    with opening(shelf, effects) as last:
        captured = take(release, shelf, last, effects)
        if not effects.options.flag("accept_empty"):
            _refuse_emptied(captured.manifest.parts, last())
    return captured


@contextmanager
def opening(shelf: Shelf, effects: Effects) -> Iterator[Last]:
    """Open the repository, or make it, while the sources are asked: restic needs half a second to begin."""
    with ThreadPoolExecutor() as pool:
        opened = pool.submit(shelf.repository.opened)
        yield cache(lambda: _last(shelf, opened.result(), effects))


def take(
    release: Release,
    shelf: Shelf,
    last: Last,
    effects: Effects,
    stretch: Stretch | None = None,
) -> Captured:
    """Let the sources give what they have, into a folder that is gone when the run ends.

    Args:
        release: what is live.
        shelf: where it is going to be stored.
        last: gives what the last snapshot says: of its files none is looked into again.
        effects: those of the run.
        stretch: the time that is wanted, of sources that know one; None for all that every source has.
    """
    from backups.repository import BLOCKS, WHOLE  # brings pydantic along

    folder = shelf.place.staging
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    effects.closing.callback(shutil.rmtree, folder, ignore_errors=True)
    began, origin = time.time(), origin_of(release, shelf, effects)
    parts = {
        name: _captured(source, origin, folder / name, stretch, effects)
        for name, source in sources().items()
        if release.stack.services.keys() >= set(source.services) and (stretch is None or source.within)
    }
    whole = _digested(parts, last(), shelf.place, origin.tools)
    return Captured(shelf, folder, _manifest(release, began, whole, effects), BLOCKS if stretch else WHOLE)


def sources() -> Mapping[str, Source]:
    """Give every source, in the order in which state is brought back."""
    from backups.source import Source
    from stack.discover import definitions

    found = definitions("backups.sources", "SOURCE", Source)
    return dict(sorted(found.items(), key=lambda item: item[1].order))


def origin_of(release: Release, shelf: Shelf, effects: Effects) -> Origin:
    """Give the live stack as the sources look at it."""
    from backups.source import Origin, Tools

    tools = Tools(effects.toolbox.tools(release.stack), effects.console.doing)
    return Origin(release.stack, effects.runtime, shelf.place.notes, tools)


def _captured(
    source: Source, origin: Origin, folder: Path, stretch: Stretch | None, effects: Effects
) -> Part:
    before = time.monotonic()
    effects.console.doing(f"capturing {source.summary}")
    if stretch and source.within:
        part = source.within(origin, folder, stretch)
    else:
        part = source.capture(origin, folder)
    seconds = time.monotonic() - before
    effects.console.item("✓", f"{folder.name:<12} {part.said()} ({seconds:.1f} s)")
    return part


def _digested(
    parts: Mapping[str, Part], last: Manifest | None, place: Place, tools: Tools
) -> dict[str, Part]:
    """Add to each part what its files are, and refuse one of which a file is damaged already."""
    from backups.digests import Digests

    digests, known = Digests(place.digests), last.parts if last else {}
    made = {}
    for name, part in parts.items():
        folder = place.staging / name
        made[name] = replace(part, files=digests.of(folder))
        before = known[name].files if name in known else {}
        damage = next(sources()[name].check(folder, made[name], tools, before), "")
        if damage:
            raise Refused(
                message=f"{name}: {damage}", hint="no backup was made; the earlier ones are as they were"
            )
    digests.keep()
    return made


def _refuse_emptied(parts: Mapping[str, Part], last: Manifest | None) -> None:
    """Refuse a backup without what the last one had: that is a loss more often than a wish."""
    for name, part in last.parts.items() if last else ():
        now = parts[name].counts if name in parts else {}
        for kind, count in part.counts.items():
            if count and not now.get(kind):
                message = f"there are no {kind} of {name} any more; the last backup had {count}"
                raise Refused(message=message, hint="if that is how it should be: --accept-empty")


def _manifest(release: Release, began: float, parts: Mapping[str, Part], effects: Effects) -> Manifest:
    from backups.manifest import Manifest

    versions = {one.service: one.version for one in effects.runtime.status(release.stack) if one.version}
    return Manifest(release.stack.environment.name, began, release.id, versions, parts)


def _last(shelf: Shelf, kept: tuple[Kept, ...] | None, effects: Effects) -> Manifest | None:
    """Give the manifest of the newest backup: as it was verified here, or from the repository."""
    from backups.repository import newest

    if kept is None:
        _tell_of_password(shelf, effects)
    found = newest(kept or ())
    if found is None:
        return None
    return shelf.place.remembered(found.id) or shelf.repository.manifest(found.id)


def _tell_of_password(shelf: Shelf, effects: Effects) -> None:
    from stack.backup import PASSWORD

    if shelf.environment.secrets.get(PASSWORD, "generated") == "generated":
        effects.console.item(
            "!",
            f"the repository is new; keep a copy of {shelf.place.secrets / PASSWORD} somewhere else: "
            "without it no backup can be read",
        )
