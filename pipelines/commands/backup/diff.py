"""Say what differs between two snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.options import Option
from pipelines.core.shelf import open_shelf
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backups.manifest import Manifest, Part
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (
    Option("old", "the one before", positional=True),
    Option("new", "the one after; the newest where it is not given", positional=True),
)


def run(effects: Effects) -> int:
    """Print a line per file that came, went or changed; exit with 2 where anything differs."""
    options = effects.options
    if not options.text("old"):
        raise Refused(message="backup.diff takes two snapshots", hint="`invoke backup.list` names them")
    shelf = open_shelf(effects.options.load().environment, effects, alone=False)
    names = [shelf.repository.snapshot(options.text(which)).id for which in ("old", "new")]
    old, new = (shelf.repository.manifest(name) for name in names)
    found = list(_differences(old, new))
    effects.console.result(
        {
            "old": names[0],
            "new": names[1],
            "counts": {name: [_counts(old, name), _counts(new, name)] for name in _parts(old, new)},
            "files": [{"change": mark, "path": path} for mark, path in found],
        }
    )
    for name in _parts(old, new):
        if _counts(old, name) != _counts(new, name):
            effects.console.item("±", f"{name:<12} {_said(old, name)} -> {_said(new, name)}")
    for mark, path in found:
        effects.console.item(mark, path)
    before, after = (name[:8] for name in names)
    effects.console.end(f"{len(found)} file(s) differ between {before} and {after}")
    return 2 if found else 0


def _differences(old: Manifest, new: Manifest) -> Iterator[tuple[str, str]]:
    for name in _parts(old, new):
        before, after = (_files(one.parts.get(name)) for one in (old, new))
        for path in sorted({*before, *after}):
            if before.get(path) != after.get(path):
                mark = "+" if path not in before else "-" if path not in after else "±"
                yield mark, f"{name}/{path}"


def _files(part: Part | None) -> dict[str, str]:
    return {path: entry.sha256 for path, entry in part.files.items()} if part else {}


def _parts(old: Manifest, new: Manifest) -> list[str]:
    return sorted({*old.parts, *new.parts})


def _counts(manifest: Manifest, name: str) -> dict[str, int]:
    return dict(manifest.parts[name].counts) if name in manifest.parts else {}


def _said(manifest: Manifest, name: str) -> str:
    return manifest.parts[name].said() if name in manifest.parts else "not there"
