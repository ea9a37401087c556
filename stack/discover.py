"""Finds definitions: each module of a folder exposes one constant under one agreed name."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TypeVar

from stack.errors import DefinitionInvalid

__all__ = ["definitions", "folders", "stems"]

T = TypeVar("T")


def stems(package: str) -> tuple[str, ...]:
    """Name the public modules of a package, sorted, without importing them."""
    folder = Path(importlib.import_module(package).__file__ or "").parent
    return tuple(sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")))


def folders(package: str) -> tuple[str, ...]:
    """Name the packages within a package, sorted, without importing them."""
    folder = Path(importlib.import_module(package).__file__ or "").parent
    return tuple(sorted(path.parent.name for path in folder.glob("*/__init__.py")))


def definitions(package: str, constant: str, kind: type[T]) -> dict[str, T]:
    """Import every public module of a package and take its constant, by the module's name.

    Raises:
        DefinitionInvalid: a module lacks the constant, or defines something else under its name.
    """
    found = {}
    for stem in stems(package):
        value = getattr(importlib.import_module(f"{package}.{stem}"), constant, None)
        if not isinstance(value, kind):
            file = f"{package.replace('.', '/')}/{stem}.py"
            message = f"must define {constant}: {kind.__name__}, found {type(value).__name__}"
            raise DefinitionInvalid(file=file, message=message)
        found[stem] = value
    return found
