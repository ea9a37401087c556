"""Finds dashboards: Python files that have a `dashboard()`, and exported JSON."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from stack.errors import DefinitionInvalid
from stack.places import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

__all__ = ["dashboard_models"]


def dashboard_models(folders: Sequence[Path]) -> dict[str, Mapping[str, object]]:
    """Give the JSON model of every dashboard, by stem.

    Args:
        folders: the repository, then the sites.

    Raises:
        DefinitionInvalid: a file gives no model, or two have one stem.
    """
    found: dict[str, Path] = {}
    for path in _files(folders):
        other = found.setdefault(path.stem, path)
        if other != path:
            raise _wrong(path, f"{shown(other)} has that name; give it another")
    return {stem: _model(path) for stem, path in found.items()}


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((folder / "dashboards").glob("*")):
            if path.suffix in {".py", ".json"} and not path.stem.startswith("_"):
                yield path


def _model(path: Path) -> Mapping[str, object]:
    model = _exported(path) if path.suffix == ".json" else _built(path)
    if not isinstance(model, Mapping):
        raise _wrong(path, f"must give a mapping, found {type(model).__name__}")
    return model


def _exported(path: Path) -> object:
    try:
        # Grafana's own exports may begin with a byte order mark.
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise _wrong(path, f"is no JSON: {error}") from error


def _built(path: Path) -> object:
    try:
        build = getattr(_imported(path), "dashboard", None)
        if callable(build):
            return build()
    except Exception as error:  # the file may be a site's, and its author wants to know where
        raise _wrong(path, f"{type(error).__name__}: {error}") from error
    raise _wrong(path, "must define dashboard(), which gives the JSON model")


def _imported(path: Path) -> ModuleType:
    # By its path, since a site lies outside the import path; under this name, so that it finds its siblings.
    spec = importlib.util.spec_from_file_location(f"dashboards.{path.stem}", path)
    assert spec is not None, "a path that ends in .py has a loader"
    assert spec.loader is not None, "the same"
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _wrong(path: Path, message: str) -> DefinitionInvalid:
    return DefinitionInvalid(file=shown(path), message=message)
