"""Finds dashboards: Python files that have a `dashboard(values)`, and exported JSON."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stack.documents import dig
from stack.errors import DefinitionInvalid
from stack.places import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

__all__ = ["Dashboard", "dashboards_in", "is_shipped"]

SHIPPED = Path(__file__).parents[2] / "dashboards"


@dataclass(frozen=True, eq=False)
class Dashboard:
    """One dashboard; its model is made when it is first asked for, since that takes time.

    Args:
        stem: its file's stem; the service that it is about, where there is one of that name.
        path: its file.
        values: the environment's `values`, thresholds among them.
    """

    stem: str
    path: Path
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """How people find it: `dashboards/node.py`."""
        return f"dashboards/{self.path.name}"

    @property
    def model(self) -> Mapping[str, Any]:
        """Its JSON model, an empty one where its file gives none."""
        return self._read[0]

    @property
    def fault(self) -> str:
        """Why its file gives no model; empty where it gives one."""
        return self._read[1]

    @property
    def empty(self) -> Mapping[str, str]:
        """Which panels may be empty, by title, and the fault or event that fills each: its file's `EMPTY`."""
        return self._read[2]

    @cached_property
    def _read(self) -> tuple[Mapping[str, Any], str, Mapping[str, str]]:
        try:
            if self.path.suffix == ".json":
                return _exported(self.path), "", {}
            model, empty = _built(self.path, self.values)
        except _NoModelError as error:
            return {}, str(error), {}
        return model, "", empty


class _NoModelError(Exception):
    """A file gives no model, and why."""


def dashboards_in(folders: Sequence[Path], values: Mapping[str, Any]) -> dict[str, Dashboard]:
    """Give every dashboard, by stem.

    Args:
        folders: the repository, then the sites.
        values: the environment's.

    Raises:
        DefinitionInvalid: two have one stem.
    """
    found: dict[str, Dashboard] = {}
    for path in _files(folders):
        other = found.setdefault(path.stem, Dashboard(path.stem, path, values))
        if other.path != path:
            raise _wrong(path, f"{shown(other.path)} has that name; give it another")
    return found


def is_shipped(dashboard: Dashboard) -> bool:
    """Say whether a dashboard is of this repository, not of a site."""
    return dashboard.path.is_relative_to(SHIPPED)


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((folder / "dashboards").glob("*")):
            is_one = path.suffix in {".py", ".json"} and not path.stem.startswith("_")
            if is_one and not path.is_dir():
                yield path


def _exported(path: Path) -> Mapping[str, Any]:
    try:
        return _mapping(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        # Grafana would pass it over, and keep what it had, without a word.
        message = f"is no JSON: {_unread(error)}"
        raise _NoModelError(message) from error


def _unread(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not written in UTF-8; save it in that, without a byte order mark"
    return "it begins with a byte order mark; save it without" if "BOM" in str(error) else str(error)


def _built(path: Path, values: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    try:
        module = _imported(path)
        build = getattr(module, "dashboard", None)
        made = build(values) if callable(build) else None
        empty = {str(title): str(reason) for title, reason in dict(getattr(module, "EMPTY", {})).items()}
    except Exception as error:  # the file may be a site's, and its author wants to know where
        message = f"{type(error).__name__}: {error}"
        raise _NoModelError(message) from error
    if not callable(build):
        message = "must define dashboard(values), which gives the JSON model"
        raise _NoModelError(message)
    return _mapping(made), empty


def _mapping(model: object) -> Mapping[str, Any]:
    if not isinstance(model, Mapping):
        message = f"must give a mapping, found {type(model).__name__}"
        raise _NoModelError(message)
    if message := _wrapping(model):
        raise _NoModelError(message)
    return _plain(model)


def _plain(model: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a model as JSON has it; half a character, a set or NaN is nothing that it has."""
    try:
        text = json.dumps(model, allow_nan=False, ensure_ascii=False, sort_keys=True)
        plain: Mapping[str, Any] = json.loads(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        message = f"cannot be written as JSON: {error}"
        raise _NoModelError(message) from error
    return plain


def _wrapping(model: Mapping[str, Any]) -> str:
    """Say what a mapping is that holds a dashboard in a form which Grafana does not read from a file.

    Source: https://github.com/grafana/grafana/issues/123607
    """
    if "elements" in model or isinstance(dig(model, "spec", "elements"), Mapping):
        return 'is of schema v2, which Grafana reads from no file: export it as "Classic"'
    if isinstance(model.get("spec"), Mapping) and "apiVersion" in model:
        return "is a resource, which Grafana reads from no file: keep what stands under `spec`"
    if isinstance(model.get("dashboard"), Mapping):
        return "is a message of Grafana's API: keep what stands under `dashboard`"
    return ""


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
