"""What our own programs import: modules of ours, and the distributions that the rest comes from."""

from __future__ import annotations

import ast
import sys
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from stack.tree import Tree

__all__ = ["distributions", "imported", "reached"]


def reached(code: Tree, roots: Iterable[str]) -> frozenset[str]:
    """Name the files that some files import, straight or by others, themselves among them.

    Args:
        code: the sources, by their paths.
        roots: paths, or the beginnings of several.
    """
    todo = [path for path in code.files if any(path.startswith(root) for root in roots)]
    found: set[str] = set()
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo += [file for name in imported(code.files[path]) for file in _files(name, code)]
    return frozenset(found)


def distributions(code: Tree, files: Iterable[str]) -> frozenset[str]:
    """Name the distributions that files import, and what those need in turn.

    Names are as the index compares them: lower case, with hyphens.
    """
    foreign = {name.partition(".")[0] for file in files for name in imported(code.files[file])}
    owners = packages_distributions()
    outside = foreign - sys.stdlib_module_names
    todo = [canonicalize_name(owner) for name in outside for owner in owners.get(name, ())]
    found: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += _required(name)
    return frozenset(found)


def imported(source: bytes) -> frozenset[str]:
    """Name what a module imports when it runs: what only a type checker reads is left out."""
    found: set[str] = set()
    for node in _executed(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return frozenset(found)


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield child
            yield from _executed(child)


def _files(name: str, code: Tree) -> list[str]:
    """Find a module of ours and the packages that it lies in: they are run before it."""
    parts = name.split(".")
    heads = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    paths = [*(f"{head}/__init__.py" for head in heads), f"{heads[-1]}.py"]
    return [path for path in paths if path in code.files]


def _required(name: str) -> list[NormalizedName]:
    try:
        lines = distribution(name).requires or []
    except PackageNotFoundError:  # asked for by a marker that is not for this machine
        return []
    asked = map(Requirement, lines)
    return [
        canonicalize_name(one.name) for one in asked if not one.marker or one.marker.evaluate({"extra": ""})
    ]
