"""Lays the files of an environment over each other: its parents below it, `--set` on top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stack.marks import parse, read
from stack.places import Keys, Marked, Place, dotted, problem, shown
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stack.report import Problem

__all__ = ["environments", "layer", "setting", "vault"]

SHIPPED = Path(__file__).with_name("environments")


def environments(sites: Sequence[Path] = ()) -> tuple[str, ...]:
    """Name every environment that can be loaded; `base` is only a parent."""
    names = {path.stem for folder in _folders(sites) for path in folder.glob("*.yaml")}
    return tuple(sorted(names - {"base"}))


def setting(key: str, name: str, sites: Sequence[Path], overrides: Sequence[str]) -> Any:
    """Give one value of an environment as it is written, None where it is not, or cannot be read at all."""
    if name not in environments(sites):
        return None
    document = layer(name, sites, overrides).document
    return document.get(key) if isinstance(document, Mapping) else None


def vault(name: str, sites: Sequence[Path]) -> Path | None:
    """Give the place of an environment's age file: beside its own file, wherever that lies."""
    path = next(_candidates(name, sites), None)
    return path.with_suffix(".age") if path else None


def layer(name: str, sites: Sequence[Path], overrides: Sequence[str]) -> Marked:
    """Merge an environment's file over its parents, and the overrides over all.

    Mappings merge key by key, lists and scalars replace. What is wrong in any of the files or overrides is
    in the result's `problems`; its `document` is None where one of the files cannot be read at all.
    """
    files = list(_chain(name, sites))
    merged = Marked({}, problems=tuple(found for marked in files for found in marked.problems))
    if any(marked.document is None for marked in files):
        return replace(merged, document=None)
    for marked in reversed(files):
        merged = _over(merged, marked)
    for override in overrides:
        merged = _set(merged, override)
    return merged


def _folders(sites: Sequence[Path]) -> tuple[Path, ...]:
    """Give the folders of environments, the ones that win first."""
    return (*(site / "stack" / "environments" for site in reversed(sites)), SHIPPED)


def _chain(name: str, sites: Sequence[Path]) -> Iterator[Marked]:
    """Yield the environment's file, its parent, the parent's parent and so on."""
    path: Path | None = next(_candidates(name, sites))
    seen: list[Path] = []
    while path is not None:
        marked, parent = _without_parent(read(path))
        seen.append(path)
        path = _parent(path, parent, sites)
        if parent is not None and path in (None, *seen):
            yield _plus(marked, _lost(marked, parent, seen, sites))
            return
        yield marked


def _candidates(name: str, sites: Sequence[Path]) -> Iterator[Path]:
    return (path for folder in _folders(sites) for path in folder.glob("*.yaml") if path.stem == name)


def _parent(child: Path, name: object, sites: Sequence[Path]) -> Path | None:
    """Find a parent's file; one of the child's own name is looked for below the child."""
    candidates = list(_candidates(str(name), sites)) if name is not None else []
    below = candidates.index(child) + 1 if child in candidates else 0
    return next(iter(candidates[below:]), None)


def _without_parent(marked: Marked) -> tuple[Marked, object]:
    if marked.document is None:
        return marked, None
    document = dict(marked.document)
    parent = document.pop("extends", None)
    return replace(marked, document=document), parent


def _lost(marked: Marked, parent: object, seen: Sequence[Path], sites: Sequence[Path]) -> Problem:
    where = marked.values[("extends",)].of(("extends",))
    known = (*environments(sites), "base")
    if parent in known:
        chain = " -> ".join(shown(path) for path in seen)
        return problem(where, f"extends itself: {chain} -> {parent}", "let one of them extend base")
    return problem(where, f"there is no environment '{parent}' to extend", suggestion(str(parent), known))


def _over(lower: Marked, upper: Marked) -> Marked:
    return Marked(
        _merged(lower.document, upper.document),
        {**lower.keys, **upper.keys},
        {**lower.values, **upper.values},
        lower.problems,
    )


def _merged(lower: Any, upper: Any) -> Any:
    if not isinstance(lower, Mapping) or not isinstance(upper, Mapping):
        return upper
    return {**lower, **{key: _merged(lower.get(key), value) for key, value in upper.items()}}


def _set(marked: Marked, override: str) -> Marked:
    """Lay one `path=value` over a document."""
    name, equals, text = override.partition("=")
    path, place = tuple(name.split(".")), Place(f"--set {name}")
    value = parse(text, place.file)
    if not equals or "" in path:
        return _plus(marked, problem(str(place), "must be PATH=VALUE", "as in --set ports.prometheus=19090"))
    if path[0] == "extends":
        return _plus(marked, problem(str(place), "only a file can name its parent"))
    if value.problems:
        return _plus(marked, replace(value.problems[0], where=str(place)))
    document = "" if value.document is None and not text.strip() else value.document
    return _over(marked, _nested(marked, path, document, {(*path, *below): place for below in value.values}))


def _nested(lower: Marked, path: Keys, document: Any, places: dict[Keys, Place]) -> Marked:
    """Wrap a value into the mappings that its path names; those that are new stand where the value does."""
    place = places.setdefault(path, Place(f"--set {dotted(path)}"))
    for depth in range(len(path) - 1, -1, -1):
        document = {path[depth]: document}
        if depth and not isinstance(lower.at(path[:depth]), Mapping):
            places[path[:depth]] = place
    return Marked(document, places, places)


def _plus(marked: Marked, found: Problem) -> Marked:
    return replace(marked, problems=(*marked.problems, found))
